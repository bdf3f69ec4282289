// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tacit/dist/communicator.h"

namespace tacit {

/// Where processes find each other and who is who.
struct Meeting {
  int64_t rank = 0, size = 1;
  int64_t local_rank = 0;  ///< on its own machine
  std::string address = "127.0.0.1";
  int64_t port = 29500;
  bool kept_by_launcher = false;  ///< the launcher keeps the store there; otherwise process 0 does
  std::string attempt = "0";      ///< differs between restarts that share a store
  std::string interface {};       ///< of the network, like "eth0"; "" for the machine's own
  std::chrono::milliseconds join{300'000};    ///< how long to wait for the others at the start
  std::chrono::milliseconds silence{15'000};  ///< after which a process is taken for dead
};

/// Several processes: LibTorch's process groups, gloo for tensors in memory, and NCCL for those on
/// a GPU where LibTorch was built with it. Without NCCL, tensors on a GPU go through memory.
///
/// A process that dies, hangs in the system or is cut off is noticed by the others within two times
/// `silence`: whichever collective they wait in throws StateError and names it.
class ProcessGroup final : public Communicator {
 public:
  /// Waits for all. Throws StateError naming those who did not come.
  explicit ProcessGroup(const Meeting& meeting);
  ~ProcessGroup() override;

  int64_t rank() const override { return meeting_.rank; }
  int64_t size() const override { return meeting_.size; }
  int64_t local_rank() const override { return meeting_.local_rank; }
  at::Tensor mean(const at::Tensor& x) const override;
  at::Tensor gather(const at::Tensor& x) const override;
  at::Tensor sum(const at::Tensor& x) const override;
  at::Tensor broadcast(const at::Tensor& x) const override;

 private:
  class Connection;  // everything that needs LibTorch's headers on distribution
  Meeting meeting_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tacit
