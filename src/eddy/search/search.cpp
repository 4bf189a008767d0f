#include <eddy/search/families.hpp>
#include <eddy/search/search.hpp>

namespace eddy::search {

SearchRun run_search(const Search& search) {
  SearchRun run = rules_of(search.config).run(search);
  judge(run.finding);
  return run;
}

}  // namespace eddy::search
