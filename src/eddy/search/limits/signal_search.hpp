#pragma once
// How a signal is sought for limits where that is more than the search again with signal in its data
// (FamilyRules::seek_signal).

#include <eddy/search/limits/injections.hpp>
#include <eddy/search/limits/limit_signal.hpp>

#include <memory>
#include <string>
#include <vector>

namespace eddy::search {

struct SignalSearch {
  std::string anew;                            ///< what is made anew at each strength, as a sentence without its end
  std::shared_ptr<const SearchInputs> inputs;  ///< what signal is added to; null experiments draw data like it
  LimitSignal signal;                          ///< as it is added to these
  std::vector<WorkingPoint> points;  ///< of the search, with what they say of this signal: in events that pass
  SignalRun run;                     ///< one search with signal
};

}  // namespace eddy::search
