// Models that are real classes, each with one character. All are safe from many threads unless it
// says otherwise.
#ifndef SIGNALBOOK_TESTS_SUPPORT_FAKE_MODELS_H_
#define SIGNALBOOK_TESTS_SUPPORT_FAKE_MODELS_H_

#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

// Says what it was told. Serves every pair.
class IdentityModel final : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;
};

// Says what stands in its dictionary, and NotFound to everything else. Keeps what it was asked. One
// thread.
class DictionaryModel final : public Model {
 public:
  explicit DictionaryModel(std::map<std::string, std::string> says) : says_(std::move(says)) {}
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  std::vector<std::string> asked;

 private:
  const std::map<std::string, std::string> says_;
};

// What a HostileModel does to each sentence.
enum class Hostility : uint8_t {
  kPrison,             // "He's in prison", in the target language: December 2019
  kNowhere,            // "in the middle of nowhere", in the target language
  kAddFlag,            // the sentence and 🇨🇦
  kAddEmoji,           // the sentence and 👍🏽
  kDropMarkers,        // the sentence without its markers
  kDoubleMarkers,      // each marker twice
  kSwapMarkers,        // markers in reverse order
  kInvalidUtf8,        // the sentence with a byte that is not UTF-8
  kPrivateUse,         // the sentence with U+E000
  kTagCharacters,      // the sentence with an invisible "gbeng" in tag characters
  kVariationSelector,  // the sentence with U+FE0F
  kAddUrl,             // the sentence and a link
  kChangeNumbers,      // each ASCII digit one more
  kNul,                // the sentence with a NUL inside
  kEmpty,              // nothing at all
  kFail,               // Internal
  kTooFew,             // no answer to the last sentence
  kTooMany,            // an answer to nothing
  kHuge,               // 10 MB
};

inline constexpr Hostility kAllHostilities[] = {
    Hostility::kPrison,
    Hostility::kNowhere,
    Hostility::kAddFlag,
    Hostility::kAddEmoji,
    Hostility::kDropMarkers,
    Hostility::kDoubleMarkers,
    Hostility::kSwapMarkers,
    Hostility::kInvalidUtf8,
    Hostility::kPrivateUse,
    Hostility::kTagCharacters,
    Hostility::kVariationSelector,
    Hostility::kAddUrl,
    Hostility::kChangeNumbers,
    Hostility::kNul,
    Hostility::kEmpty,
    Hostility::kFail,
    Hostility::kTooFew,
    Hostility::kTooMany,
    Hostility::kHuge,
};

// All but the last, which takes memory and time: for tests that ask many thousand times.
inline constexpr std::span<const Hostility> kQuickHostilities(kAllHostilities,
                                                              std::size(kAllHostilities) - 1);

// What Hostility::kPrison says, by target language; English for all others.
struct Saying {
  std::string_view language;
  std::string_view text;
};
inline constexpr Saying kPrisonSayings[] = {
    {"ar", "هو في السجن"},        {"de", "Er ist im Gefängnis"},
    {"en", "He's in prison"},     {"es", "Estoy en la cárcel"},
    {"fr", "Il est en prison"},   {"hi", "वह जेल में है"},
    {"ja", "彼は刑務所にいる"},   {"ko", "그는 감옥에 있다"},
    {"pt", "Ele está na prisão"}, {"ru", "Он в тюрьме"},
    {"zh", "他在坐牢"},
};

// Breaks one promise, the same way every time. Serves every pair.
class HostileModel final : public Model {
 public:
  explicit HostileModel(Hostility hostility) : hostility_(hostility) {}
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  const Hostility hostility_;
};

// Waits, then says what it was told. If it honours deadlines it waits no longer than that and
// answers DeadlineExceeded; if not, it comes late with an answer.
class SlowModel final : public Model {
 public:
  explicit SlowModel(absl::Duration delay, bool honours_deadline = true)
      : delay_(delay), honours_deadline_(honours_deadline) {}
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  const absl::Duration delay_;
  const bool honours_deadline_;
};

// Unavailable.
class DeadModel final : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;
};

// Each sentence is answered with what it was, or (with probability `failure_rate`) Unavailable. One
// seed, one sequence of answers, if one thread asks.
class FlakyModel final : public Model {
 public:
  FlakyModel(uint64_t seed, double failure_rate) : random_(seed), fails_(failure_rate) {}
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::bernoulli_distribution fails_;
};

// Passes requests on, and keeps them: what did the model see?
class RecordingModel final : public Model {
 public:
  explicit RecordingModel(std::shared_ptr<Model> inner) : inner_(std::move(inner)) {}
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  std::vector<ModelRequest> requests() const;
  // Every sentence of every request, in order.
  std::vector<std::string> sentences() const;

 private:
  const std::shared_ptr<Model> inner_;
  mutable std::mutex mutex_;
  std::vector<ModelRequest> requests_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_FAKE_MODELS_H_
