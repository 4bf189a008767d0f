#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

/// Which file was read and what came out of it.
struct InputRecord {
  std::string role;  ///< "data", "template", "inject", "benchmark background", ...
  std::string file;
  std::string sha256;  ///< of all that was read
  std::size_t n_read = 0;
  std::size_t n_selected = 0;
  std::size_t n_signal_region = 0;
  std::size_t n_control_region = 0;
  std::size_t n_dropped_nonfinite = 0;
  std::size_t n_copies = 0;            ///< selected events that equal an earlier one
  std::size_t n_also_in_data = 0;      ///< of other roles: selected events that equal one of the data
  std::vector<std::size_t> n_clipped;  ///< per feature: values outside the range of the scaler
  std::vector<std::pair<std::string, std::string>> units = {};  ///< of the columns that were read and have one
  std::string weight = {};    ///< the column of the weights; empty: every event counts 1
  double sum_of_weights = 0;  ///< of the selected events; with weights alone, as what follows
  double n_effective = 0;     ///< (sum w)^2 / sum w^2
  std::size_t n_negative_weights = 0;
  std::string file_sha256 = {};                 ///< of the file alone ...
  std::vector<std::string> behind_sha256 = {};  ///< ... and of others that hold some of its values
};

}  // namespace eddy::search
