// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// A signal of a file in EDF or BDF to write, with its fields as texts, so that they can be wrong.
struct WrittenSignal {
  std::string name = "ECG", unit = "mV";
  std::string physical_minimum = "-5", physical_maximum = "5";
  std::string digital_minimum = "-32768", digital_maximum = "32767";
  std::string samples = "2";                    ///< in a record, as the header says it
  std::vector<std::vector<int32_t>> records{};  ///< digital numbers
  std::vector<std::string> annotations{};       ///< instead of them, texts for each record
};

/// A file to write. Its number of records is that of the first signal, unless said otherwise.
struct WrittenEdf {
  std::string version = "0", kind = "", records = "", duration = "1";
  std::string header_bytes = "", signal_count = "";  ///< "": what is right
  std::vector<WrittenSignal> signals{};
  size_t sample_bytes = 2;
};

/// A signal whose samples are the numbers stored, one unit a digital step.
inline WrittenSignal counted(const std::string& name, std::vector<std::vector<int32_t>> records) {
  WrittenSignal signal;
  signal.name = name;
  signal.samples = std::to_string(records.at(0).size());
  signal.records = std::move(records);
  signal.physical_minimum = signal.digital_minimum;
  signal.physical_maximum = signal.digital_maximum;
  return signal;
}

/// An annotations signal of `samples` samples in a record.
inline WrittenSignal annotations(std::vector<std::string> records, const std::string& samples) {
  WrittenSignal signal;
  signal.name = "EDF Annotations";
  signal.unit = "";
  signal.samples = samples;
  signal.annotations = std::move(records);
  return signal;
}

inline std::string padded(std::string field, size_t width) {
  field.resize(width, ' ');
  return field;
}

inline std::string record_of(const WrittenSignal& signal, size_t record, size_t sample_bytes) {
  std::string out;
  if (!signal.annotations.empty()) {
    out = signal.annotations[record];
    out.resize(std::stoul(signal.samples) * sample_bytes, '\0');
    return out;
  }
  for (const int32_t sample : signal.records[record])
    for (size_t byte = 0; byte < sample_bytes; ++byte)
      out += static_cast<char>(static_cast<uint32_t>(sample) >> (8 * byte) & 255);
  return out;
}

/// The bytes of the file.
inline std::string edf(const WrittenEdf& file) {
  const auto or_else = [](const std::string& said, size_t right) {
    return said.empty() ? std::to_string(right) : said;
  };
  const size_t count = file.signals.size();
  const WrittenSignal& first = file.signals.at(0);
  const size_t records =
      first.annotations.empty() ? first.records.size() : first.annotations.size();
  std::string out = padded(file.version, 8) + padded("somebody", 80) + padded("somewhere", 80) +
                    padded("01.02.03", 8) + padded("04.05.06", 8) +
                    padded(or_else(file.header_bytes, 256 * (count + 1)), 8) +
                    padded(file.kind, 44) + padded(or_else(file.records, records), 8) +
                    padded(file.duration, 8) + padded(or_else(file.signal_count, count), 4);
  const auto block = [&](std::string WrittenSignal::*field, size_t width) {
    for (const WrittenSignal& signal : file.signals) out += padded(signal.*field, width);
  };
  block(&WrittenSignal::name, 16);
  out += padded("electrode", 80 * count);
  block(&WrittenSignal::unit, 8);
  block(&WrittenSignal::physical_minimum, 8);
  block(&WrittenSignal::physical_maximum, 8);
  block(&WrittenSignal::digital_minimum, 8);
  block(&WrittenSignal::digital_maximum, 8);
  out += padded("HP:0.1Hz", 80 * count);
  block(&WrittenSignal::samples, 8);
  out += padded("", 32 * count);
  for (size_t record = 0; record < records; ++record)
    for (const WrittenSignal& signal : file.signals)
      out += record_of(signal, record, file.sample_bytes);
  return out;
}

/// As BDF, of 24 bits a sample.
inline std::string bdf(WrittenEdf file) {
  file.version =
      "\xFF"
      "BIOSEMI";
  file.sample_bytes = 3;
  for (WrittenSignal& signal : file.signals)
    if (signal.name == "EDF Annotations") signal.name = "BDF Annotations";
  return edf(file);
}

}  // namespace tacit
