// A stage of a pipeline as bad as a test wants it: passes on what ends with NUL, unless the text has
// one of these words.
//
//   CRASH     dies without an answer            TWICE     answers two times
//   HANG      never answers, never ends         TRUNCATE  answers half
//   SLOW      answers after 300 ms              GARBAGE   answers bytes that are no stream format
//   FLOOD     answers without end               STALE     answers the question before again
//   LOOK      answers with the names of its environment's variables and how many descriptors it has
//
//   fake_stage -z [--pass | --no-flush | --exit | --slow-start]
//     --pass        the words mean nothing to it
//     --no-flush    keeps its answers until its input ends, as some taggers do
//     --exit        ends at once
//     --slow-start  takes 300 ms to load its data
#include <dirent.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>

extern char** environ;

namespace {

std::string Look() {
  std::string names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    names += std::string(variable.substr(0, variable.find('='))) + " ";
  }
  int descriptors = -1;  // the one opendir() has
  if (DIR* directory = opendir("/proc/self/fd")) {
    while (const dirent* entry = readdir(directory)) descriptors += entry->d_name[0] != '.';
    closedir(directory);
  }
  return names + std::to_string(descriptors);
}

void Answer(const std::string& question, const std::string& before) {
  const auto has = [&question](std::string_view word) {
    return question.find(word) != std::string::npos;
  };
  std::string answer = question;
  if (has("CRASH")) _exit(1);
  if (has("HANG")) pause();
  if (has("SLOW")) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  if (has("TRUNCATE")) answer.resize(answer.size() / 2);
  if (has("GARBAGE")) answer = "^\xFF[$";
  if (has("STALE")) answer = before;
  if (has("LOOK")) answer.replace(answer.find("LOOK"), 4, Look());
  while (has("FLOOD") && std::cout) std::cout << answer;
  std::cout << answer << '\0';
  if (has("TWICE")) std::cout << answer << '\0';
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view option = argc > 2 ? argv[2] : "";
  if (option == "--exit") return 1;
  if (option == "--slow-start") std::this_thread::sleep_for(std::chrono::milliseconds(300));
  std::cin.tie(nullptr);  // which would flush our answers whenever we read on
  std::string before;
  for (std::string question; std::getline(std::cin, question, '\0'); before = question) {
    if (option == "--pass") {
      std::cout << question << '\0';
    } else {
      Answer(question, before);
    }
    if (option != "--no-flush") std::cout.flush();
  }
}
