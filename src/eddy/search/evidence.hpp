#pragma once
// The only list of kinds of evidence: what speaks for or against an excess behind one cut, one type for each way to
// estimate the background. A kind is a header with its type, set_numbers and judge_evidence, and a row here.

#include <eddy/search/evidence/abcd.hpp>
#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/evidence/categories.hpp>
#include <eddy/search/evidence/template_count.hpp>

#include <array>
#include <variant>

namespace eddy::search {

/// All in one order.
using Evidence = std::variant<Abcd, BumpHunt, TemplateCount, CategorySearch>;
enum class EvidenceKind { kAbcd, kBump, kTemplateCount, kCategories };
inline constexpr std::array kEvidenceNames = {"abcd", "bump", "template_count", "categories"};
static_assert(kEvidenceNames.size() == std::variant_size_v<Evidence>);

/// "abcd": as result.json has it.
[[nodiscard]] const char* to_string(EvidenceKind kind);

}  // namespace eddy::search
