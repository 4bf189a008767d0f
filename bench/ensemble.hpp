#pragma once

namespace eddy::bench {

/// Four flows trained one after the other and two at a time, on a conrad64 sample: seconds of both by either clock,
/// and the parallel efficiency = time of one thread / (2 x time of two threads). By the wall it suffers from
/// everything else that runs on the machine; by processor time it says only what the threads cost each other.
[[nodiscard]] base::Json ensemble_efficiency();

}  // namespace eddy::bench
