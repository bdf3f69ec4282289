// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/process_group.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "tacit/core/error.h"
#include "tacit/dist/heartbeat.h"

namespace tacit {
namespace {

using at::Tensor;
using StorePointer = c10::intrusive_ptr<c10d::Store>;

// A collective may last as long as the slowest process works by itself; only silence means death.
constexpr std::chrono::hours kPatience{24};
constexpr std::chrono::milliseconds kSlice{200};

std::string first_line(const std::exception& e) {
  const std::string all = e.what();
  return all.substr(0, all.find('\n'));
}

std::vector<uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

/// A connection of its own to the store: what waits on one does not hold up another.
StorePointer connect(const Meeting& meeting, bool keeps, std::chrono::milliseconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(meeting.port);
  options.isServer = keeps;
  options.numWorkers = static_cast<size_t>(meeting.size);
  options.waitWorkers = false;
  options.timeout = timeout;
  const auto store = c10::make_intrusive<c10d::TCPStore>(meeting.address, options);
  return c10::make_intrusive<c10d::PrefixStore>("tacit/" + meeting.attempt, store);
}

std::vector<std::string> keys(const std::string& kind, int64_t size) {
  std::vector<std::string> all;
  for (int64_t rank = 0; rank < size; ++rank) all.push_back(text("{}/{}", kind, rank));
  return all;
}

std::vector<std::string> read_all(c10d::Store& store, const std::vector<std::string>& keys) {
  std::vector<std::string> notes;
  for (const std::vector<uint8_t>& note : store.multiGet(keys))
    notes.emplace_back(note.begin(), note.end());
  return notes;
}

/// "pid 17 on worker-3".
std::string self() {
  char host[256] = "an unknown machine";
  ::gethostname(host, sizeof host - 1);
  return text("pid {} on {}", ::getpid(), host);
}

/// Waits until all have left their name. Throws StateError naming who did not.
std::vector<std::string> meet(c10d::Store& store, const Meeting& meeting) {
  const std::vector<std::string> names = keys("name", meeting.size);
  store.set(names[static_cast<size_t>(meeting.rank)], bytes(self()));
  store.set(text("beat/{}", meeting.rank), bytes("0"));
  try {
    store.wait(names, meeting.join);
    store.wait(keys("beat", meeting.size), meeting.join);
  } catch (const std::exception&) {
    std::vector<std::string> missing;
    for (int64_t rank = 0; rank < meeting.size; ++rank)
      if (!store.check({names[static_cast<size_t>(rank)]})) missing.push_back(std::to_string(rank));
    throw StateError(
        text("process {} of {} (counted from 0) did not come within {} s; start all of "
             "them, or unset RANK, WORLD_SIZE and SLURM_NTASKS to run as one process",
             join(missing), meeting.size, meeting.join.count() / 1000));
  }
  return read_all(store, names);
}

std::shared_ptr<gloo::transport::Device> network(const Meeting& meeting) {
  using c10d::ProcessGroupGloo;
  if (!meeting.interface.empty())
    return ProcessGroupGloo::createDeviceForInterface(meeting.interface);
  if (meeting.address == "localhost" || meeting.address.starts_with("127."))
    return ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
  return ProcessGroupGloo::createDefaultDevice();
}

}  // namespace

class ProcessGroup::Connection {
 public:
  explicit Connection(const Meeting& meeting) : meeting_(meeting) {
    try {
      store_ = connect(meeting, keeps_store(), meeting.join);
      names_ = meet(*store_, meeting);
      const auto options = c10d::ProcessGroupGloo::Options::create(kPatience);
      options->devices.push_back(network(meeting));
      memory_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, rank(), size(), options);
      heartbeat_ = std::make_unique<Heartbeat>(board(), meeting.silence);
    } catch (const c10::Error& e) {
      throw StateError(
          text("process {} of {} could not join the others at {}:{} ({}); check "
               "MASTER_ADDR and MASTER_PORT",
               meeting.rank, meeting.size, meeting.address, meeting.port, first_line(e)));
    }
  }

  ~Connection() {
    // Who never answers would be waited for: the system frees what is left with the process.
    if (!stuck_) heartbeat_->leave();
    if (!stuck_ && keeps_store()) heartbeat_->wait_for_all_to_leave();
    if (stuck_) static_cast<void>(heartbeat_.release());
    if (broken_) static_cast<void>(memory_.release());
  }

  /// In place.
  void add_up(Tensor& x) {
    std::vector<Tensor> list{x};
    finish(*group_for(x).allreduce(list));
  }

  /// In place, from process 0.
  void spread(Tensor& x) {
    std::vector<Tensor> list{x};
    finish(*group_for(x).broadcast(list));
  }

  /// x of the same shape everywhere, by rank.
  std::vector<Tensor> collect(const Tensor& x) {
    std::vector<std::vector<Tensor>> received(1);
    for (int r = 0; r < size(); ++r) received[0].push_back(at::empty_like(x));
    std::vector<Tensor> sent{x};
    finish(*group_for(x).allgather(received, sent));
    return received[0];
  }

  /// What can be sent from where x lies, without history: x itself, or a copy in memory.
  Tensor sendable(const Tensor& x) const {
#ifdef USE_C10D_NCCL
    return x.detach().contiguous();
#else
    return x.detach().to(at::kCPU).contiguous();
#endif
  }

 private:
  int rank() const { return static_cast<int>(meeting_.rank); }
  int size() const { return static_cast<int>(meeting_.size); }
  bool keeps_store() const { return meeting_.rank == 0 && !meeting_.kept_by_launcher; }

  NoteBoard board() const {
    const StorePointer store = connect(meeting_, /*keeps=*/false, meeting_.silence);
    const std::string own = text("beat/{}", meeting_.rank);
    return {[store, own](const std::string& note) { store->set(own, bytes(note)); },
            [store, all = keys("beat", meeting_.size)] { return read_all(*store, all); }};
  }

  c10d::Backend& group_for([[maybe_unused]] const Tensor& x) {
    require<StateError>(!broken_,
                        "a process was lost before; run the same command again to continue");
#ifdef USE_C10D_NCCL
    if (x.is_cuda()) {
      if (!gpu_)
        gpu_ = c10::make_intrusive<c10d::ProcessGroupNCCL>(
            c10::make_intrusive<c10d::PrefixStore>("nccl", store_), rank(), size());
      return *gpu_;
    }
#endif
    return *memory_;
  }

  /// Waits for a collective, but not for the dead.
  void finish(c10d::Work& work) {
    int64_t beats = heartbeat_->beats();
    std::chrono::milliseconds unanswered{0};
#ifdef USE_C10D_NCCL
    if (dynamic_cast<c10d::ProcessGroupNCCL::WorkNCCL*>(&work) != nullptr)
      return finish_on_gpu(work);
#endif
    while (true) {
      const std::optional<Heartbeat::Loss> lost = heartbeat_->lost();  // before the last wait
      try {
        work.wait(kSlice);
        return;
      } catch (const std::exception&) {
        if (!work.isCompleted()) {
          if (lost) fail(lost);
          unanswered = heartbeat_->beats() == beats ? unanswered + kSlice : kSlice * 0;
          beats = heartbeat_->beats();
          stuck_ = unanswered > meeting_.silence;
          if (stuck_) fail(Heartbeat::Loss{Heartbeat::Loss::Kind::no_board, -1});
          continue;  // only slow
        }
        if (work.exception() == nullptr) return;  // it ended as the wait did
        fail(heartbeat_->wait_for_loss());
      }
    }
  }

#ifdef USE_C10D_NCCL
  void finish_on_gpu(c10d::Work& work) {
    while (!work.isCompleted()) {
      if (const auto lost = heartbeat_->lost()) fail(lost);
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    work.wait();
  }
#endif

  [[noreturn]] void fail(const std::optional<Heartbeat::Loss>& lost) {
    broken_ = true;
    constexpr const char* kAdvice =
        "run the same command again to continue from the last checkpoint";
    if (!lost) throw StateError(text("a connection between processes broke; {}", kAdvice));
    using Kind = Heartbeat::Loss::Kind;
    if (lost->kind == Kind::no_board && meeting_.kept_by_launcher)
      throw StateError(
          text("the launcher at {}:{} is gone; {}", meeting_.address, meeting_.port, kAdvice));
    const int64_t who = lost->kind == Kind::no_board ? 0 : lost->rank;  // process 0 keeps the board
    throw StateError(text("process {} of {} ({}) {}; {}", who, meeting_.size,
                          names_[static_cast<size_t>(who)],
                          lost->kind == Kind::left ? "has stopped, and its own message says why"
                                                   : "has died or cannot be reached",
                          kAdvice));
  }

  const Meeting meeting_;
  StorePointer store_;
  std::vector<std::string> names_;
  c10::intrusive_ptr<c10d::Backend> memory_, gpu_;
  std::unique_ptr<Heartbeat> heartbeat_;
  bool broken_ = false;  // a transfer will never end
  bool stuck_ = false;   // nor will the heartbeat
};

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kAllRows = -1;

/// Gives the result of a collective its gradient: what all processes send back, added up, for the
/// rows that x contributed: those from `first` on, or all of them.
class Collective : public torch::autograd::Function<Collective> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& result,
                        int64_t first, const Communicator* world) {
    context->saved_data["first"] = first;
    context->saved_data["rows"] = first == kAllRows ? 0 : x.size(0);
    context->saved_data["world"] = reinterpret_cast<int64_t>(world);  // it outlives training
    return result;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto* world = reinterpret_cast<const Communicator*>(context->saved_data["world"].toInt());
    const Tensor all = world->sum(gradients[0]);
    const int64_t first = context->saved_data["first"].toInt();
    return {first == kAllRows ? all : all.narrow(0, first, context->saved_data["rows"].toInt()),
            {},
            {},
            {}};
  }
};

Tensor with_gradient(const Tensor& x, const Tensor& result, int64_t first,
                     const Communicator& world) {
  if (!x.requires_grad() || !at::GradMode::is_enabled()) return result;
  return Collective::apply(x, result, first, &world);
}

/// x with rows of zeros up to `rows`.
Tensor padded(const Tensor& x, int64_t rows) {
  if (x.size(0) == rows) return x;
  std::vector<int64_t> shape = x.sizes().vec();
  shape[0] = rows - x.size(0);
  return at::cat({x, at::zeros(shape, x.options())});
}

}  // namespace

ProcessGroup::ProcessGroup(const Meeting& meeting)
    : meeting_(meeting), connection_(std::make_unique<Connection>(meeting)) {}

ProcessGroup::~ProcessGroup() = default;

Tensor ProcessGroup::sum(const Tensor& x) const {
  Tensor result = connection_->sendable(x).clone();
  connection_->add_up(result);
  return with_gradient(x, result.to(x.device()), kAllRows, *this);
}

Tensor ProcessGroup::mean(const Tensor& x) const { return sum(x) / size(); }

Tensor ProcessGroup::gather(const Tensor& x) const {
  std::vector<int64_t> rows;
  for (const Tensor& count : connection_->collect(at::full({1}, x.size(0), at::kLong)))
    rows.push_back(count.item<int64_t>());
  const Tensor sent = padded(connection_->sendable(x), *std::max_element(rows.begin(), rows.end()));
  std::vector<Tensor> parts = connection_->collect(sent);
  for (size_t rank = 0; rank < parts.size(); ++rank)
    parts[rank] = parts[rank].narrow(0, 0, rows[rank]);
  const int64_t first = std::accumulate(rows.begin(), rows.begin() + rank(), int64_t{0});
  return with_gradient(x, at::cat(parts).to(x.device()), first, *this);
}

Tensor ProcessGroup::broadcast(const Tensor& x) const {
  Tensor result = connection_->sendable(x).clone();
  connection_->spread(result);
  return result.to(x.device());
}

}  // namespace tacit
