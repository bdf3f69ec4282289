# SPDX-License-Identifier: Apache-2.0
# PyTorch and Arrow come from the wheels in a Python environment (the set-up's .venv); the rest from
# the system.
set(TACIT_PYTHON ${PROJECT_SOURCE_DIR}/.venv/bin/python CACHE FILEPATH
  "Python whose packages torch and pyarrow serve as C++ SDKs")

execute_process(COMMAND ${TACIT_PYTHON} -c
  "import importlib.util as u, os; print(';'.join(os.path.dirname(u.find_spec(n).origin) for n in ('torch', 'pyarrow')))"
  OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${TACIT_PYTHON} has no torch and pyarrow: run ./setup, or set TACIT_PYTHON")
endif()
list(GET found 0 torch_folder)
list(GET found 1 arrow_folder)

# Tacit has no CUDA source of its own, so a CUDA build of LibTorch need not look for the GPU here.
if(NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST})
  set(ENV{TORCH_CUDA_ARCH_LIST} 8.0)
endif()
find_package(Torch 2.11 REQUIRED PATHS ${torch_folder}/share/cmake/Torch NO_DEFAULT_PATH)
add_library(tacit_torch INTERFACE)
target_link_libraries(tacit_torch INTERFACE torch)
# The wheels of LibTorch and Arrow export a std::filesystem of the compiler that they were made with. Named
# first, the system's library is the one that our code, compiled for it, finds.
target_link_options(tacit_torch INTERFACE "LINKER:--push-state,--no-as-needed" -lstdc++ "LINKER:--pop-state")

add_library(tacit_arrow INTERFACE)
target_include_directories(tacit_arrow SYSTEM INTERFACE ${arrow_folder}/include)
foreach(name arrow parquet)
  file(GLOB library ${arrow_folder}/lib${name}.so.*)
  if(NOT library)
    message(FATAL_ERROR "no lib${name}.so in ${arrow_folder}: run ./setup again")
  endif()
  target_link_libraries(tacit_arrow INTERFACE ${library})
endforeach()

# ONNX Runtime is loaded while the program runs (tacit/export/onnx_runtime.h); here its place is found.
execute_process(COMMAND ${TACIT_PYTHON} -c
  "import importlib.util as u, os; print(os.path.dirname(u.find_spec('onnxruntime').origin))"
  OUTPUT_VARIABLE onnxruntime_folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(GLOB onnxruntime_library ${onnxruntime_folder}/capi/libonnxruntime.so.*)
if(NOT onnxruntime_library)
  message(WARNING "${TACIT_PYTHON} has no onnxruntime, which tacit export compares its files with: run ./setup")
endif()

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_path(opencv_include opencv2/ml.hpp PATH_SUFFIXES opencv4 REQUIRED)
find_library(opencv_ml opencv_ml REQUIRED)
find_library(opencv_core opencv_core REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(samplerate REQUIRED IMPORTED_TARGET samplerate)
# Their headers lie where the compiler looks anyway; what they themselves are built on stays out of sight.
pkg_check_modules(sndfile REQUIRED sndfile)
pkg_check_modules(matio REQUIRED matio)
pkg_check_modules(turbojpeg REQUIRED libturbojpeg)
pkg_check_modules(png REQUIRED libpng)
pkg_check_modules(webp REQUIRED libwebp)
pkg_check_modules(ffmpeg REQUIRED libavformat libavcodec libavutil libswscale)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto)
if(TACIT_TESTS)
  find_package(GTest REQUIRED)
endif()
