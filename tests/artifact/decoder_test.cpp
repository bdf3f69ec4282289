// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/decoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tacit/nn/registry.h"
#include "tests/core/folder.h"
#include "tests/methods/rows.h"

namespace tacit {
namespace {

class DecoderTest : public FolderTest {
 protected:
  static Artifact with_encoder(const std::string& name, const Json& config, const Spec& spec) {
    Artifact artifact;
    artifact.encoder_name = name;
    artifact.encoder = find_encoder(name).make(config, spec, Rng(1));
    return artifact;
  }
  static CellDecoder decoder(int64_t hidden) {
    return {std::make_shared<MlpHead>(6, hidden, 9, Rng(2)), at::rand({3}, at::kDouble),
            at::rand({3}, at::kDouble), at::rand({5}, at::kDouble)};
  }
  const Artifact table_ = with_encoder("table_mlp", {{"widths", {8, 6}}}, TableRows(1).spec());
  const std::filesystem::path file_ = decoder_file(folder);
};

TEST_F(DecoderTest, ComesBackAsItWas) {
  for (const int64_t hidden : {0, 4}) {
    const CellDecoder kept = decoder(hidden);
    save_decoder(kept, file_);
    const CellDecoder found = load_decoder(file_, table_);
    const Tensor code = at::rand({7, 6});
    EXPECT_TRUE(found.head->forward(code).equal(kept.head->forward(code)));
    EXPECT_TRUE(found.mean.equal(kept.mean));
    EXPECT_TRUE(found.deviation.equal(kept.deviation));
    EXPECT_TRUE(found.scores.equal(kept.scores));
  }
}

TEST_F(DecoderTest, RefusesAnotherEncodersFile) {
  const auto has = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  save_decoder(decoder(0), file_);
  const Artifact wider = with_encoder("table_mlp", {{"widths", {7}}}, TableRows(1).spec());
  EXPECT_PRED2(has, message_of<StateError>([&] { load_decoder(file_, wider); }), "pre-train again");
  const Artifact signals = with_encoder("temporal_conv", Json::object(),
                                        {Modality::signal, {3, 400}, 50, {"x", "y", "z"}});
  EXPECT_PRED2(has, message_of<StateError>([&] { load_decoder(file_, signals); }), "a table");
  EXPECT_THROW(load_decoder(folder / "none", table_), StateError);
}

}  // namespace
}  // namespace tacit
