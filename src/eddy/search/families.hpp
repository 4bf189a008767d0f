#pragma once
// The only list of methods and families. Help, options page, defaults, titles and checks come from it: a method is a
// row, a family is a folder and what it says of its configuration.

#include <eddy/base/json_fwd.hpp>
#include <eddy/stats/shared_shift.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::base {
class Monitor;
}

namespace eddy::events {
class Events;
}

namespace eddy::search {

struct Finding;
struct FreshCount;
struct FreshFactors;
struct LimitSignal;
struct NullGenerator;
struct PlannedStage;
struct Sample;
struct Search;
struct SearchConfig;
struct SearchInputs;
struct SearchRun;
struct SignalSearch;
struct TriedWindows;
struct ValidatedCut;
struct ValidationWindow;
struct WorkingPoint;
enum class EvidenceKind;

/// Of families whose defaults are those of the sections' structs, and of those without a paper to follow.
inline void keep_defaults(SearchConfig& /*config*/) {}

/// What most families say of further events (FamilyRules::score): score and background efficiency.
[[nodiscard]] std::vector<std::size_t> score_by_classifiers(const base::Json& scorer, const Sample& sample,
                                                            events::Events& table);

/// What a family says of its configuration, and how it is named.
struct FamilyRules {
  std::string_view name;                                      ///< in result.json: "resonant"
  EvidenceKind evidence = {};                                 ///< of its working points
  std::string_view plural = {};                               ///< of several methods: "resonant methods"
  std::string_view finds;                                     ///< in the help: "looks for a bump"
  std::string_view page;                                      ///< of the documentation
  std::string_view example_context;                           ///< for messages: "mjj"
  std::span<const std::string_view> sections;                 ///< that it reads beside those that all do
  void (*apply_defaults)(SearchConfig&) = keep_defaults;      ///< what its methods change in other sections
  void (*apply_paper_preset)(SearchConfig&) = keep_defaults;  ///< on top of that, preset = "paper"
  void (*require_context)(const SearchConfig&) = nullptr;     ///< how many variables [features] context may have
  void (*require_consistent)(const SearchConfig&) = nullptr;  ///< what single options cannot say; throws InputError
  /// Reads the samples that only its methods need, beside the data of the inputs; throws InputError for data that the
  /// search cannot use, before anything is trained.
  void (*load)(const SearchConfig&, const std::string& folder, const base::Monitor&, SearchInputs&) = nullptr;
  SearchRun (*run)(const Search&) = nullptr;      ///< the search itself, without its judgement
  SearchRun (*prepare)(const Search&) = nullptr;  ///< what needs no data of the signal region, which the inputs lack
  /// The stages of its tasks (plan.hpp), without those of validation and null experiments.
  std::vector<PlannedStage> (*plan)(const SearchConfig&) = nullptr;
  /// What null experiments are made from when the search is over; nullptr: there are none yet.
  NullGenerator (*nulls)(const Search&, const Finding&) = nullptr;
  /// Trains the chain and judges events that nothing was trained on, so many times as many as the data: the count of
  /// each of the configured cuts. Where there are null experiments.
  std::vector<FreshCount> (*count_fresh)(const Search&, const Sample& fresh, const FreshFactors&) = nullptr;
  /// Tries the chain in places where there should be no signal; nullptr: there are none.
  TriedWindows (*try_windows)(const Search&, const Finding&) = nullptr;
  /// What a fit for a signal finds in them once a cut is corrected; nullptr: evidence has no such fit.
  std::optional<stats::SharedShift> (*spurious_in_windows)(const SearchConfig&, const std::vector<ValidationWindow>&,
                                                           const ValidatedCut&) = nullptr;
  /// Makes the numbers of a cut anew, with its prediction corrected by WorkingPoint::correction. Likewise.
  void (*correct)(const Search&, const Finding&, WorkingPoint&) = nullptr;
  /// How limits seek a signal (limits/signal_search.hpp), by a finished search; throws InputError for a signal that it
  /// cannot see. nullptr: by the search again, with signal in its data.
  SignalSearch (*seek_signal)(const Search&, const Finding&, const LimitSignal&) = nullptr;
  /// Flows of null experiments may begin with those of the search, which have not seen what they are drawn from.
  bool nulls_begin_warm = false;
  bool learns_nulls = true;    ///< null experiments are drawn from a flow of their own
  bool needs_regions = true;   ///< a signal region and a control region, in every sample
  bool learns_density = true;  ///< which copies of features and sums of others do not have
  bool has_one_score = true;   ///< of each event; else several losses, without an order
  /// Adds to `table`, which names the events of `sample`, what a finished run says of each; `scorer` is that of the
  /// run. Returns for each feature how many values lie outside the range that it was trained on; empty where there is
  /// none.
  std::vector<std::size_t> (*score)(const base::Json& scorer, const Sample& sample,
                                    events::Events& table) = score_by_classifiers;
};

/// Whether a method learns the density of the sidebands.
enum class FlowUse { kNone, kAlways, kOutsideX };  // kOutsideX: where its classifier works on latents

/// One method of the configuration.
struct Method {
  std::string_view name;                     ///< [search] method
  std::string_view title;                    ///< as its authors write it
  std::string_view family;                   ///< name of its row
  std::string_view paper = {};               ///< arXiv number; empty: a benchmark
  std::vector<std::string> spaces = {};      ///< [classifier] space; the first is the default
  std::vector<std::string> references = {};  ///< [classifier] reference, likewise
  FlowUse flow = FlowUse::kAlways;           ///< whether densities are learned
  bool works_in_x_too = false;  ///< other classifiers beside those in [classifier] space, against samples of the flow
  bool compares_densities = false;  ///< its score is a ratio of two of them: there are no classifiers
  bool trains_on_signal = false;    ///< it is told the truth, and shows what that would be worth
};

/// Whether there are null experiments for [search] method: not for benchmarks that are told the truth.
[[nodiscard]] bool has_null_experiments(const SearchConfig& config);

/// Whether its predictions can be corrected by trainings without signal.
[[nodiscard]] bool has_validation(const SearchConfig& config);
/// Whether they are: [validation] asks for experiments.
[[nodiscard]] bool is_validated(const SearchConfig& config);
/// Whether its chain is tried in windows beside the signal region.
[[nodiscard]] bool tries_windows(const SearchConfig& config);

/// All of them, in the order of the documentation.
[[nodiscard]] std::span<const FamilyRules> families();
[[nodiscard]] std::span<const Method> methods();

/// The methods of a family, in their order.
[[nodiscard]] std::vector<std::string_view> methods_of(const FamilyRules& family);
/// How texts name all methods of a family: "resonant methods", or the one that there is.
[[nodiscard]] std::string_view title_of(const FamilyRules& family);
/// Whether a section of the configuration file means something to a family.
[[nodiscard]] bool reads(const FamilyRules& family, std::string_view section);

/// The row of a family by its name, that of a method.
[[nodiscard]] const FamilyRules& rules_of(std::string_view family);
/// That of [search] method. Throws InputError like method_of.
[[nodiscard]] const FamilyRules& rules_of(const SearchConfig& config);
/// The row of a method; nullptr for a name that is none.
[[nodiscard]] const Method* find_method(std::string_view name);
/// The row of [search] method. Throws InputError for one that is not known, with the nearest name.
[[nodiscard]] const Method& method_of(const SearchConfig& config);

/// "LaCATHODE" for "lacathode". A name that is not known stays as it is.
[[nodiscard]] std::string method_title(const std::string& method);

}  // namespace eddy::search
