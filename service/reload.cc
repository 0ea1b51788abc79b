#include "service/reload.h"

#include <google/protobuf/util/message_differencer.h>

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// What takes a restart: all of it, but for what Reload puts into effect.
v1::Config Fixed(v1::Config config) {
  config.clear_book();
  config.clear_apertium();
  config.clear_pivots();
  config.clear_gate();
  config.clear_round_trips();
  config.clear_models();
  config.clear_ask_next_model();
  config.clear_model_cache_mib();
  config.clear_access();
  if (config.has_moderation()) config.mutable_moderation()->clear_accounts();
  return config;
}

// The paths of fields that differ, without what they say: "tls.key_file".
class DifferingFields final : public MessageDifferencer::Reporter {
 public:
  using Path = std::vector<MessageDifferencer::SpecificField>;
  void ReportAdded(const Message& /*a*/, const Message& /*b*/, const Path& path) override {
    Add(path);
  }
  void ReportDeleted(const Message& /*a*/, const Message& /*b*/, const Path& path) override {
    Add(path);
  }
  void ReportModified(const Message& /*a*/, const Message& /*b*/, const Path& path) override {
    // A message differs because a field of it does, which is told by itself.
    if (path.back().field->message_type() == nullptr) Add(path);
  }

  const std::set<std::string>& names() const { return names_; }

 private:
  void Add(const Path& path) {
    names_.insert(absl::StrJoin(
        path, ".", [](std::string* out, const MessageDifferencer::SpecificField& field) {
          out->append(field.field->name());
        }));
  }

  std::set<std::string> names_;
};

absl::Status SameButForWhatReloads(const v1::Config& running, const v1::Config& wanted) {
  DifferingFields fields;
  MessageDifferencer differencer;
  differencer.ReportDifferencesTo(&fields);
  if (differencer.Compare(Fixed(running), Fixed(wanted))) return absl::OkStatus();
  return absl::FailedPreconditionError(StrCat(absl::StrJoin(fields.names(), ", "),
                                              fields.names().size() == 1 ? " takes" : " take",
                                              " a restart to change; nothing was changed"));
}

}  // namespace

absl::StatusOr<Composition> ComposeWhole(const v1::Config& config) {
  absl::StatusOr<Composition> composition = Compose(config);
  if (!composition.ok()) return composition;
  absl::Status status = composition->translator->book().Verify();
  if (status.ok()) status = composition->translator->gate().Prepare();
  if (!status.ok()) return status;
  return composition;
}

Reloader::Reloader(v1::Config running, ReadConfig read, LiveTranslator* live,
                   Moderation* moderation)
    : running_(std::move(running)), read_(std::move(read)), live_(live), moderation_(moderation) {}

absl::StatusOr<std::shared_ptr<const LiveBook>> Reloader::Reload(
    const PrepareCallers& prepare_callers) {
  std::lock_guard one_at_a_time(mutex_);
  absl::StatusOr<v1::Config> wanted = read_();
  if (!wanted.ok()) return wanted.status();
  if (absl::Status status = SameButForWhatReloads(running_, *wanted); !status.ok()) return status;
  const absl::StatusOr<std::function<void()>> use_callers = prepare_callers(*wanted);
  if (!use_callers.ok()) return use_callers.status();
  const absl::StatusOr<Composition> composition = ComposeWhole(*wanted);
  if (!composition.ok()) return composition.status();

  std::shared_ptr<const LiveBook> old = live_->Get();
  const LiveBook next = LiveTranslator::Unmoderated(composition->translator, composition->models);
  if (moderation_ == nullptr) {
    live_->Set(next);
  } else if (absl::Status status = moderation_->Replace(next); !status.ok()) {
    return status;
  }
  (*use_callers)();
  running_ = *std::move(wanted);
  retiring_ = std::jthread([old = std::move(old)](const std::stop_token& stop) {
    while (old.use_count() > 1 && !stop.stop_requested()) absl::SleepFor(absl::Milliseconds(20));
  });
  return live_->Get();
}

}  // namespace signalbook
