// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/data/readers/long_form.h"

namespace tacit {

enum class KnownSet {
  motionsense,  ///< Malekzadeh et al. 2019: phone in the front pocket, 24 people, 6 activities, 50
                ///< Hz
  hapt,         ///< Reyes-Ortiz et al. 2015: phone on the waist, 30 people, 6 activities, 50 Hz
  uci_har,      ///< Anguita et al. 2013: the people of HAPT, windows of 2.56 s as their authors cut
                ///< them
  wisdm  ///< Kwapisz et al. 2011 (v1.1): phone in the front pocket, 36 people, 6 activities, 20 Hz
};

/// How the set's Parquet file is read (motionsense and hapt): its columns, recordings and classes,
/// in g and rad/s. From `asked` come path, channels (of ax ay az gx gy gz), classes if any, and
/// what to do about gaps. The path is the file itself, or a folder that holds
/// motionsense_50hz.parquet or hapt_raw_50hz.parquet, directly or in har/. HAPT's postural
/// transitions count as unlabelled. Throws DataError when there is no such file, ConfigError for a
/// channel that the set does not have.
LongFormConfig known_set(KnownSet set, const LongFormConfig& asked);

/// Reads a set in its authors' layout where asked.path holds that, else its Parquet file, with the
/// same names, order and numbers; samples go to a Spool in `spool`. Channels are ax ay az (g, with
/// gravity) and gx gy gz (rad/s; not for wisdm). Throws DataError and ConfigError like known_set
/// and the readers.
Signals read_known_set(KnownSet set, const LongFormConfig& asked, const std::string& spool);

}  // namespace tacit
