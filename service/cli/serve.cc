#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <initializer_list>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/cli/cli.h"
#include "service/composition.h"
#include "service/config.h"
#include "service/live_translator.h"
#include "service/moderation/moderation.h"
#include "service/reload.h"
#include "service/server.h"
#include "service/strings.h"
#include "service/tls.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Prints one line to stdout when it is ready. SIGTERM or SIGINT: health says NOT_SERVING, "
    "calls\n"
    "under way end, exit 0; a second signal exits at once. SIGHUP: takes up the configuration, "
    "the\n"
    "book, the models and who may call anew, without losing a call; after an error, nothing has\n"
    "changed.\n"
    "\n"
    "Examples:\n"
    "  signalbook serve\n"
    "  signalbook serve --http 127.0.0.1:8088   # JSON, and LibreTranslate's API\n"
    "  signalbook serve --listen unix:/run/signalbook.sock --config /etc/signalbook.textproto\n"
    "  signalbook serve --config /etc/signalbook.textproto --check\n"
    "\n"
    "A configuration file is a signalbook.v1.Config in protobuf's text format:\n"
    "  listen: \"127.0.0.1:50051\"\n"
    "  model_timeout_ms: 3000\n"
    "  pivots { from: \"en\" via: \"es\" to: \"pt\" }\n"
    "Flags win over the file. proto/signalbook/v1/config.proto documents every field.\n"
    "\n"
    "Moderation and its console, for people with an account (signalbook token):\n"
    "  moderation {\n"
    "    database: \"sqlite:/var/lib/signalbook/moderation.db\"\n"
    "    console: \"127.0.0.1:8080\"\n"
    "    accounts { name: \"ana\" role: \"approver\" token_sha256: \"...\" }\n"
    "  }\n"
    "\n"
    "Who may ask for translations, and how much (default: anybody on this machine):\n"
    "  access {\n"
    "    clients { name: \"chat-app\" token_sha256: \"...\" limits { requests_per_second: 50 } }\n"
    "  }\n"
    "\n"
    "Exit codes: 0 stopped by a signal, or good; 2 wrong configuration or book; 3 cannot listen.";

struct Options {
  std::string config_file;
  v1::Config flags;  // only what was given
  bool check = false;
};

// What a drain may take on top of its grace before the process gives up on it.
constexpr absl::Duration kWatchdogMargin = absl::Seconds(5);

sigset_t Signals(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : numbers) sigaddset(&signals, number);
  return signals;
}

// Ends the process if the drain does not: at the next signal, or when it hangs.
void Watch(absl::Duration limit) {
  const sigset_t signals = Signals({SIGINT, SIGTERM});
  const timespec timeout = absl::ToTimespec(limit);
  const int signal = sigtimedwait(&signals, nullptr, &timeout);
  if (signal < 0) {
    std::fputs("signalbook serve: the drain hangs; giving up\n", stderr);
    _exit(kExitInternal);
  }
  std::fputs("signalbook serve: second signal, exit at once\n", stderr);
  _exit(128 + signal);
}

// "en→es es→en", for people.
std::string Languages(const ServedModels& models) {
  if (models.pairs.empty()) return "none (emoji only)";
  return absl::StrJoin(models.pairs, " ", [](std::string* out, const LanguagePair& pair) {
    out->append(ToString(pair));
  });
}

// "book signalbook 0.1.0 a51626c76eff; languages en→es; revision 3", for people.
std::string Describe(const LiveBook& live, bool moderated) {
  const Book& book = *live.base;
  return StrCat("book ", book.name(), " ", book.version(), " ", book.hash().substr(0, 12),
                "; languages ", Languages(*live.models),
                moderated ? StrCat("; revision ", live.revision) : std::string());
}

absl::StatusOr<v1::Config> Configure(const Options& options) {
  v1::Config config;
  if (!options.config_file.empty()) {
    absl::StatusOr<v1::Config> loaded = LoadConfig(options.config_file);
    if (!loaded.ok()) return loaded.status();
    config = *std::move(loaded);
  }
  config.MergeFrom(options.flags);
  if (absl::Status status = CompleteConfig(&config); !status.ok()) return status;
  return config;
}

void ReportIgnored(const Moderation* moderation) {
  if (moderation == nullptr) return;
  for (const std::string& entry : moderation->ignored()) {
    std::fprintf(stderr, "signalbook serve: %s was approved for another book and does not count\n",
                 entry.c_str());
  }
}

// Null when the configuration names no database.
absl::StatusOr<std::unique_ptr<Moderation>> StartModeration(const v1::Moderation& config,
                                                            LiveTranslator* live) {
  if (config.database().empty()) return nullptr;
  absl::StatusOr<std::unique_ptr<Database>> database = OpenDatabase(config.database());
  if (!database.ok()) return database.status();
  Moderation::Options options{.keep_samples = config.keep_samples(),
                              .flush_interval = absl::Milliseconds(config.flush_interval_ms())};
  if (config.max_staleness_ms() != 0) {
    options.max_staleness = absl::Milliseconds(config.max_staleness_ms());
  }
  absl::StatusOr<std::unique_ptr<Moderation>> moderation =
      Moderation::Start(*std::move(database), live, options);
  if (!moderation.ok()) return moderation.status();
  ReportIgnored(moderation->get());
  return moderation;
}

// What a server would start with: everything but its addresses and its database is tried.
int Check(const v1::Config& config, const Composition& composition) {
  absl::Status status = Authenticator::Create(config.moderation()).status();
  if (status.ok()) status = Admission::Create(config.access()).status();
  if (status.ok() && config.has_tls()) status = ServerCredentials(config.tls()).status();
  if (!status.ok()) return ReportError("serve --check", status);
  PrintLine(StrCat("the configuration is good: ",
                   Describe(*LiveTranslator(composition.translator, composition.models).Get(),
                            /*moderated=*/false)));
  return kExitClean;
}

int Serve(const Options& options) {
  // Debian builds Abseil with its detector of lock cycles, which gRPC's many locks pay for in every call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Before any thread exists, so that all of them inherit it and only sigwait sees the signals.
  const sigset_t signals = Signals({SIGINT, SIGTERM, SIGHUP});
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const absl::StatusOr<v1::Config> config = Configure(options);
  if (!config.ok()) return ReportError("serve", config.status());
  absl::StatusOr<Composition> composition = ComposeWhole(*config);
  if (!composition.ok()) return ReportError("serve", composition.status());
  if (options.check) return Check(*config, *composition);
  const auto live = std::make_shared<LiveTranslator>(composition->translator, composition->models);
  *composition = {};  // ends when something else answers
  const absl::StatusOr<std::unique_ptr<Moderation>> moderation =
      StartModeration(config->moderation(), live.get());
  if (!moderation.ok()) return ReportError("serve", moderation.status());
  Reloader reloader(
      *config, [&options] { return Configure(options); }, live.get(), moderation->get());
  const auto reload = [&reloader](Server& running) {
    return reloader.Reload(
        [&running](const v1::Config& wanted) { return running.PrepareCallers(wanted); });
  };
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(*config, live, moderation->get(),
                    [&reload](Server& running) { return reload(running).status(); });
  if (!server.ok()) return ReportError("serve", server.status());

  const bool moderated = *moderation != nullptr;
  PrintLine(StrCat("listening on ", (*server)->address(), "; ", Describe(*live->Get(), moderated)));
  if (const std::string http = (*server)->http_url(); !http.empty()) {
    PrintLine(StrCat("http on ", http));
  }
  if (const std::string console = (*server)->console_url(); !console.empty()) {
    PrintLine(StrCat("console on ", console));
  }
  if (const std::string metrics = (*server)->metrics_url(); !metrics.empty()) {
    PrintLine(StrCat("metrics on ", metrics));
  }

  int signal = 0;
  while (sigwait(&signals, &signal), signal == SIGHUP) {
    if (absl::Status status = (*server)->ReopenLog(); !status.ok()) ReportError("serve", status);
    const absl::StatusOr<std::shared_ptr<const LiveBook>> now = reload(**server);
    if (now.ok()) {
      std::fprintf(stderr, "signalbook serve: reloaded; %s\n", Describe(**now, moderated).c_str());
      ReportIgnored(moderation->get());
    } else {
      ReportError("serve: reload", now.status());
    }
  }
  std::fprintf(stderr, "signalbook serve: signal %d, draining\n", signal);
  const absl::Duration grace = absl::Milliseconds(config->drain_timeout_ms());
  const absl::Duration delay = absl::Milliseconds(config->drain_delay_ms());
  std::thread(Watch,
              delay + grace + absl::Milliseconds(config->model_timeout_ms()) + kWatchdogMargin)
      .detach();
  (*server)->Leave();
  absl::SleepFor(delay);
  if (!(*server)->Drain(grace)) {
    // Every call has been answered or cancelled; nothing is left that is worth the wait for a model that hangs.
    if (*moderation != nullptr) (*moderation)->FlushTraffic();
    std::fputs("signalbook serve: stopped; a model did not let go\n", stderr);
    _exit(kExitClean);
  }
  std::fputs("signalbook serve: stopped\n", stderr);
  return kExitClean;
}

}  // namespace

void AddServe(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand(
      "serve", "Serves TranslationService over gRPC, with health and reflection.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  v1::Config* flags = &options->flags;
  command->add_option("--config", options->config_file, "Configuration file")->type_name("FILE");
  command
      ->add_option("--listen", *flags->mutable_listen(),
                   "HOST:PORT (0: any free port) or unix:PATH. Default 127.0.0.1:50051")
      ->type_name("ADDRESS");
  command
      ->add_option_function<std::string>(
          "--http",
          [flags](const std::string& address) { flags->mutable_http()->set_address(address); },
          "HOST:PORT for translation over HTTP. Default: nowhere")
      ->type_name("ADDRESS");
  command->add_flag("--check", options->check,
                    "Only say whether the configuration, the book and the certificates are good");
  command->add_flag_callback(
      "--allow-remote", [flags] { flags->set_allow_remote(true); },
      "Listen where other machines can reach it");
  command->add_option("--book", *flags->mutable_book(), "Book file instead of the default one")
      ->type_name("FILE");
  const auto add_number = [command](const std::string& name, auto setter, const std::string& help) {
    command->add_option_function<int32_t>(name, setter, help)
        ->type_name("N")
        ->check(CLI::PositiveNumber.description(""));
  };
  add_number(
      "--drain-timeout-ms", [flags](int32_t value) { flags->set_drain_timeout_ms(value); },
      "Time to finish what is under way after SIGTERM. Default 10000");
  add_number(
      "--model-timeout-ms", [flags](int32_t value) { flags->set_model_timeout_ms(value); },
      "The most time a model ever has. Default 5000");
  add_number(
      "--model-workers", [flags](int32_t value) { flags->set_model_workers(value); },
      "Threads that wait for models. Default 8");
  add_number(
      "--model-queue", [flags](int32_t value) { flags->set_model_queue(value); },
      "Requests that may wait for a thread. Default 256");
  command->callback([options, exit_code] { *exit_code = Serve(*options); });
}

}  // namespace signalbook
