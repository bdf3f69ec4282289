// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>

#include "tacit/data/readers/video/libav.h"

/// A file of video on the way to its first frame; only the sources of this folder include it.
namespace tacit {

/// Opens the file and nothing that it refers to. `most_pixels`: of a frame. Throws DataError for a
/// file that is empty, damaged or no video.
FormatPointer open_format(const std::filesystem::path& file, int64_t most_pixels);

/// The stream that FFmpeg would show, which is the largest of several; no picture on the cover of
/// music. The others are passed over. Throws DataError where there is none.
AVStream& shown_stream(const std::filesystem::path& file, AVFormatContext& format);

/// A decoder of one thread. Throws DataError for a coding that this FFmpeg does not decode.
CodecPointer open_codec(const std::filesystem::path& file, const AVStream& stream,
                        int64_t most_pixels);

/// Frames a second, as the file says, or else a usual rate.
double rate_of(const AVStream& stream);

/// Seconds as the file says, of the video or else of all that it holds; 0 where it does not.
double duration_of(const AVFormatContext& format, const AVStream& stream);

}  // namespace tacit
