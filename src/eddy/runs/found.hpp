#pragma once

#include <eddy/base/json.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/events/events.hpp>
#include <eddy/search/search.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace eddy::runs {

/// The masses that pass one cut, for other fit tools.
struct MassFile {
  std::string name;
  std::vector<float> masses;
  std::string unit;
};

/// What a search of any family leaves, in the form that it is written in.
struct Found {
  base::Json scorer;  ///< null where nothing may be scored yet (the signal region is closed), and in spaces of losses,
                      ///< where events have no score
  events::Events scores;
  base::Json result;
  std::function<base::Json()> draw;                   ///< figures.json: made when the result is written
  std::function<std::vector<MassFile>()> mass_files;  ///< the same for the files in masses/; none where empty
  std::vector<std::string> lines;                     ///< one per working point and the like, for the terminal
  std::vector<std::string> warnings;
};

/// Throws InputError for a name that `config` gives to a column of scores.h5 and that none can have, or that is eddy's
/// own: found before the search rather than when its scores are written.
void require_score_columns(const search::SearchConfig& config);

/// What `finding` leaves; `finding` must not change while figures and masses may still be asked for.
[[nodiscard]] Found describe(const std::shared_ptr<const search::Finding>& finding, base::Json scorer);

/// Everything between the events and the files of a run folder.
[[nodiscard]] Found search_and_describe(const search::Search& search);

}  // namespace eddy::runs
