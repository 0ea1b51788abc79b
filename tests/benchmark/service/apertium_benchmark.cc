// What the Apertium adapter costs on top of Apertium: the same sentences through it, through the same pipeline of
// programs spoken to with bare hands, and through a process per call. In turn, in one run.
//
//   apertium_benchmark [--rounds 9] [--json] [--require]
//
// Exit 1 when an answer is missing or (--require) a target is missed; 77 when Apertium's eng-spa is not installed.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/benchmark/service/report.h"
#include "tests/end_to_end/process.h"
#include "translator/models/apertium.h"
#include "translator/models/apertium_mode.h"

extern char** environ;

namespace signalbook {
namespace {

const char* const kSentences[] = {
    "I love my new house",
    "The train to the city leaves in the morning",
    "My sister bought a red car yesterday",
    "We are going to eat in the kitchen",
    "The library opens on Monday",
    "Can you help me with this problem",
    "He wants to read the book that you wrote",
    "The children play in the garden every afternoon",
    "I do not know where the keys are",
    "Thank you for the photos of the party",
    "She works in a small school near the river",
    "They will arrive at the station before night",
};
constexpr int kRepeats = 10;  // of all sentences, in a round

void Die(const char* what) {
  std::fprintf(stderr, "apertium_benchmark: %s\n", what);
  std::exit(1);
}

// A shell's pipeline, every program with null flush, and two pipes: no escaping, no numbers, no deadlines.
class BarePipeline {
 public:
  explicit BarePipeline(const ApertiumMode& mode) {
    std::string line;
    for (const ProcessPipeline::Command& command : mode.commands) {
      if (!line.empty()) line += " | ";
      for (const std::string& word : command) line += "'" + word + "' ";
    }
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) Die("pipe2 fails");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::string shell = "/bin/sh", flag = "-c";
    char* const argv[] = {shell.data(), flag.data(), line.data(), nullptr};
    if (posix_spawn(&pid_, argv[0], &actions, nullptr, argv, environ) != 0) Die("no /bin/sh");
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    output_ = out[0];
  }
  ~BarePipeline() {
    close(input_);
    close(output_);
    waitpid(pid_, nullptr, 0);
  }

  // Answers to all of them, written at once.
  std::vector<std::string> Ask(const std::vector<std::string>& sentences) {
    std::string bytes;
    for (const std::string& sentence : sentences) bytes += sentence + ".[]" + '\0';
    if (write(input_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      Die("the bare pipeline is gone");
    }
    std::vector<std::string> answers(1);
    while (answers.size() <= sentences.size()) {
      char buffer[65536];
      const ssize_t count = read(output_, buffer, sizeof(buffer));
      if (count <= 0) Die("the bare pipeline is gone");
      for (ssize_t i = 0; i < count; ++i) {
        if (buffer[i] == '\0') {
          answers.emplace_back();
        } else {
          answers.back() += buffer[i];
        }
      }
    }
    answers.pop_back();
    return answers;
  }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
};

void AskAdapter(ApertiumModel& model, const std::vector<std::string>& sentences) {
  const auto answers = model.Translate({.source_locale = "en",
                                        .target_locale = "es",
                                        .sentences = sentences,
                                        .deadline = absl::Now() + absl::Seconds(60)});
  for (const auto& answer : answers) {
    if (!answer.ok()) Die("the adapter does not answer");
  }
}

// As a shell script would have it.
void AskProcess(const std::string& sentence) {
  Process process({"/usr/bin/apertium", "eng-spa"});
  process.Write(sentence + "\n");
  if (process.Wait(absl::Seconds(60)) != 0 || process.output().empty()) {
    Die("a process does not answer");
  }
}

template <typename Ask>
double MicrosecondsPerSentence(const std::vector<std::vector<std::string>>& requests, Ask ask) {
  size_t sentences = 0;
  const absl::Time start = absl::Now();
  for (const std::vector<std::string>& request : requests) {
    ask(request);
    sentences += request.size();
  }
  return absl::ToDoubleMicroseconds(absl::Now() - start) / static_cast<double>(sentences);
}

int Main(int argc, char** argv) {
  CLI::App app("The Apertium adapter against Apertium itself.");
  int rounds = 9;
  bool json = false, require = false;
  app.add_option("--rounds", rounds, "Default 9")->check(CLI::PositiveNumber);
  app.add_flag("--json", json, "One line of JSON instead of a table");
  app.add_flag("--require", require, "Exit 1 when a target is missed");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);

  const std::vector<ApertiumMode> modes =
      LoadApertiumModes("/usr/share/apertium/modes", "/var/lib/dpkg/status");
  const ApertiumMode* const mode = FindApertiumMode(modes, "en", "es");
  if (mode == nullptr) {
    std::fputs("apertium_benchmark: install apertium-eng-spa\n", stderr);
    return 77;
  }
  const auto model = ApertiumModel::Create({.pipelines_per_pair = 1});
  if (!model.ok()) Die("the adapter cannot be made");
  BarePipeline bare(*mode);

  std::vector<std::vector<std::string>> single;
  std::vector<std::string> batch;
  for (int i = 0; i < kRepeats; ++i) {
    for (const char* sentence : kSentences) {
      single.push_back({sentence});
      batch.emplace_back(sentence);
    }
  }
  const auto adapter = [&model](const auto& request) { AskAdapter(**model, request); };
  const auto hands = [&bare](const auto& request) { bare.Ask(request); };
  AskAdapter(**model, batch);
  bare.Ask(batch);

  std::vector<double> single_ratios, batch_ratios, process_ratios, times[3];
  for (int round = 0; round < rounds; ++round) {
    double ours = 0, theirs = 0;
    for (const int turn : {0, 1}) {
      if ((round + turn) % 2 == 0) {
        ours = MicrosecondsPerSentence(single, adapter);
      } else {
        theirs = MicrosecondsPerSentence(single, hands);
      }
    }
    single_ratios.push_back(ours / theirs);
    const double ours_batch = MicrosecondsPerSentence({batch}, adapter);
    batch_ratios.push_back(ours_batch / MicrosecondsPerSentence({batch}, hands));
    const double process =
        MicrosecondsPerSentence({{kSentences[static_cast<size_t>(round) % std::size(kSentences)]}},
                                [](const auto& request) { AskProcess(request.front()); });
    process_ratios.push_back(process / ours);
    times[0].push_back(ours);
    times[1].push_back(theirs);
    times[2].push_back(process);
  }

  Report report;
  report.Add("Apertium, sentence by sentence: time", Median(single_ratios), "×",
             Target{Bound::kAtMost, 1.15},
             absl::StrFormat("%.0f µs to %.0f µs of the bare pipeline", Median(times[0]),
                             Median(times[1])));
  report.Add("Apertium, 120 sentences at once: time", Median(batch_ratios), "×",
             Target{Bound::kAtMost, 1.15}, "to the bare pipeline");
  report.Add("Apertium, to a process per call", Median(process_ratios), "×",
             Target{Bound::kAtLeast, 100},
             absl::StrFormat("%.0f µs to %.0f µs", Median(times[0]), Median(times[2])));
  if (json) {
    report.PrintJson();
  } else {
    report.PrintTable();
  }
  return require && !report.Met() ? 1 : 0;
}

}  // namespace
}  // namespace signalbook

int main(int argc, char** argv) { return signalbook::Main(argc, argv); }
