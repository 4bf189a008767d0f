#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// What a run found, in words.
struct Wording {
  std::string verdict;   ///< a few words for the head of the report
  std::string level;     ///< "none", "mild", "excess" or "invalid": decides how the verdict looks
  std::string searched;  ///< one sentence: what was searched, with what
  std::string found;     ///< one sentence: the most significant working point
};

/// Plain text (not HTML) written from result.json. "invalid" is the verdict of a CONRAD run whose latent gate failed,
/// whatever it found, of a resonant search without a converged fit whose background shape describes the sidebands, and
/// of a blind search whose constructed background is no better than simulation. A blind search says nothing of an
/// excess.
[[nodiscard]] Wording word(const Json& result);

}  // namespace eddy::report
