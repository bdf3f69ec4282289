// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tacit/dist/communicator.h"
#include "tacit/dist/process_group.h"

namespace tacit {

/// Looks up an environment variable; nothing when it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

/// The variables of this process.
std::optional<std::string> environment_variable(const std::string& name);

/// Whom this process was started with, or nothing when it is alone. RANK, WORLD_SIZE, LOCAL_RANK,
/// MASTER_ADDR and MASTER_PORT, as torchrun sets them or by hand; without them Slurm's
/// SLURM_PROCID, SLURM_STEP_NUM_TASKS or SLURM_NTASKS, SLURM_LOCALID, and, for what MASTER_ADDR and
/// MASTER_PORT do not say, the first host of SLURM_STEP_NODELIST and a port made from SLURM_JOB_ID.
/// GLOO_SOCKET_IFNAME names the network. Throws ConfigError naming the variable that is missing or
/// wrong.
std::optional<Meeting> find_meeting(const Variables& variable = environment_variable);

/// The world that the environment describes; waits for all its processes. Throws ConfigError and
/// StateError.
std::unique_ptr<Communicator> join_world(const Variables& variable = environment_variable);

}  // namespace tacit
