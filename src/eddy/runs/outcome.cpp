#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/events/write.hpp>
#include <eddy/report/html.hpp>
#include <eddy/runs/limit_file.hpp>
#include <eddy/runs/outcome.hpp>
#include <eddy/search/mass_file.hpp>

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eddy::runs {
namespace {

void write_mass_files(const std::vector<MassFile>& files, const RunFolder& folder) {
  if (!files.empty()) {
    base::require_writable_folder(folder.file("masses"));
  }
  for (const MassFile& file : files) {
    search::write_mass_file(folder.file("masses/" + file.name), file.masses, file.unit);
  }
}

/// The steps after the result, each of which may fail alone.
class Steps {
 public:
  Steps(const RunFolder& folder, const base::Monitor& monitor) : folder_(folder), monitor_(monitor) {}

  /// `what` begins a sentence: "the figures".
  void attempt(const char* what, const std::function<void()>& step) {
    require_time();
    try {
      step();
    } catch (const base::IoError& error) {
      unwritten_ = unwritten_.value_or(error.what());
      complaints_.push_back(complaint(what, error));
    } catch (const std::exception& error) {
      complaints_.push_back(complaint(what, error));
      monitor_.warn(complaints_.back());
    }
  }

  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

  void require_written() const {
    if (unwritten_) {
      throw base::IoError(
          fmt::format("the result is written ('{}'), but not all that describes it: {}; the same "
                      "command adds what is missing",
                      folder_.file("result.json"), *unwritten_));
    }
  }

 private:
  static std::string complaint(const char* what, const std::exception& error) {
    return fmt::format("{} could not be made, the numbers are as they should be: {}", what, error.what());
  }

  void require_time() const {
    try {
      monitor_.check_stop();
    } catch (const base::Interrupted&) {
      throw base::Interrupted(
          fmt::format("stopped on request; the result is written ('{}'), the same command adds figures and report",
                      folder_.file("result.json")));
    }
  }

  const RunFolder& folder_;
  const base::Monitor& monitor_;
  std::vector<std::string> complaints_;
  std::optional<std::string> unwritten_;  ///< the first file that the system did not take
};

/// The result with `complaints` among its warnings.
base::Json with_warnings(base::Json result, const std::vector<std::string>& complaints) {
  for (const std::string& complaint : complaints) {
    result["warnings"].push_back(complaint);
  }
  return result;
}

}  // namespace

void write_result(const Found& found, const RunFolder& folder) {
  const base::CpuScope scope(base::CpuStage::kFigures);
  // A blind result stays until the opened one takes its place in one step.
  const bool opens = folder.is_opened_by(found.result);
  if (!opens) {
    folder.remove_results_but(found.result);
  }
  if (!found.scorer.is_null()) {
    folder.write_scorer(found.scorer);
  }
  if (found.scores.size() > 0) {  // a blind search shows nothing of single events
    events::write_hdf5(folder.file("scores.h5"), found.scores);
  }
  folder.write("result.json", found.result);
  if (opens) {
    folder.remove_descriptions();
  }
}

void describe_result(const Found& found, const RunFolder& folder, const std::function<base::Json()>& facts,
                     const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kFigures);
  Steps steps(folder, monitor);
  if (found.mass_files) {
    steps.attempt("the files of masses", [&] { write_mass_files(found.mass_files(), folder); });
  }
  base::Json figures = {{"figures", base::Json::array()}};
  steps.attempt("the figures", [&] { figures = found.draw(); });
  steps.attempt("figures.json", [&] { folder.write("figures.json", figures); });
  base::Json run_facts = facts();
  const auto write_facts = [&] {
    run_facts["sha256"] = folder.hashes();
    folder.write("run.json", run_facts);
  };
  steps.attempt("run.json", write_facts);
  steps.attempt("the report", [&] {
    const base::Json result = with_warnings(found.result, steps.complaints());
    const std::unique_ptr<base::Json> limit = read_limit(folder, found.result);
    base::write_atomically(folder.file("report.html"), report::render_report(result, figures, run_facts, limit.get()));
  });
  if (!steps.complaints().empty()) {
    steps.attempt("result.json", [&] {
      folder.write("result.json", with_warnings(found.result, steps.complaints()));
      write_facts();
    });
  }
  steps.require_written();
}

}  // namespace eddy::runs
