// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/motionsense.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeading =
    ",attitude.roll,gravity.x,gravity.y,gravity.z,rotationRate.x,rotationRate.y,rotationRate.z,"
    "userAcceleration.x,userAcceleration.y,userAcceleration.z\n";

class MotionSense : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& rows) const {
    fs::create_directories((at / name).parent_path());
    folder.write("A_DeviceMotion_data/" + name, kHeading + rows);
  }
  Signals read(LongFormConfig config) const {
    config.path = find_motionsense(folder.path())->string();
    return read_motionsense(config, "");
  }
  TemporaryFolder folder;
  fs::path at = folder.path() / "A_DeviceMotion_data";
};

TEST_F(MotionSense, AddsGravityAndUserAccelerationInTheOrderOfPeople) {
  put("wlk_8/sub_10.csv", "0,9,1,2,3,4,5,6,.1,.2,.3\n");
  put("dws_1/sub_2.csv", "0,9,-1,0,0,7,8,9,.5,0,0\n1,9,0,0,0,0,0,0,0,0,0\n");
  EXPECT_EQ(find_motionsense(at), at);
  const Signals signals = read({.channels = {"az", "gx"}});
  ASSERT_EQ(signals.recordings.size(), 2);
  EXPECT_EQ(signals.recordings[0].name, "2/1/dws");
  EXPECT_EQ(signals.recordings[0].length(), 2);
  EXPECT_EQ(signals.recordings[1].subject, "10");
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"dws", "wlk"}));
  EXPECT_FLOAT_EQ(signals.recordings[1].samples[0][0].item<float>(), 3.3F);
  EXPECT_FLOAT_EQ(signals.recordings[1].samples[1][0].item<float>(), 4);
}

TEST_F(MotionSense, NamesWhatIsWrong) {
  EXPECT_FALSE(find_motionsense(folder.path()));
  put("wlk_8/sub_x.csv", "0,9,1,2,3,4,5,6,.1,.2,.3\n");
  EXPECT_NE(message<DataError>([&] { read({}); }).find("\"x\" in its path is no number"),
            std::string::npos);
  fs::remove_all(at);
  put("wlk_8/sub_1.csv", "0,9,1,2,z,4,5,6,.1,.2,.3\n");
  EXPECT_NE(message<DataError>([&] { read({}); }).find("row 2, column \"gravity.z\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
