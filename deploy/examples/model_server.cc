// A model of one's own for Signalbook, in C++: a dictionary, word by word. A real engine stands where Translate()
// stands. README.md says how it is plugged in, model.proto what is expected of it.
//
//   example_model_server DICTIONARY.tsv [ADDRESS]     ADDRESS: 127.0.0.1:50061
#include <grpcpp/grpcpp.h>

#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "signalbook/v1/model.grpc.pb.h"

namespace {

namespace v1 = signalbook::v1;

using LanguagePair = std::pair<std::string, std::string>;
using Dictionary = std::map<std::string, std::string>;
using Dictionaries = std::map<LanguagePair, Dictionary>;

// "#" begins a comment.
Dictionaries Read(std::istream& file) {
  Dictionaries dictionaries;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream row(line);
    std::string source, target, word, translation;
    std::getline(row, source, '\t');
    std::getline(row, target, '\t');
    std::getline(row, word, '\t');
    std::getline(row, translation);
    dictionaries[{source, target}][word] = translation;
  }
  return dictionaries;
}

// The engine. Words that it does not know stay as they are, and so do markers (⟦0⟧), which are no words.
// nullopt when it knows none.
std::optional<std::string> Translate(const Dictionary& dictionary, const std::string& sentence) {
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0 || c >= 0x80; };
  std::string result;
  bool known = false;
  for (size_t begin = 0; begin < sentence.size();) {
    size_t end = begin;
    while (end < sentence.size() && is_letter(sentence[end])) ++end;
    if (end == begin) {
      result += sentence[begin++];
      continue;
    }
    const std::string word = sentence.substr(begin, end - begin);
    std::string key = word;
    for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto found = dictionary.find(key);
    known |= found != dictionary.end();
    result += found != dictionary.end() ? found->second : word;
    begin = end;
  }
  if (!known) return std::nullopt;
  return result;
}

class ModelServer final : public v1::ModelService::Service {
 public:
  explicit ModelServer(Dictionaries dictionaries) : dictionaries_(std::move(dictionaries)) {}

  // Called from many threads at once. A slow engine looks at context->IsCancelled() now and then, and stops:
  // after the deadline nobody waits. Who asks is context->client_metadata()'s "authorization".
  grpc::Status TranslateSentences(grpc::ServerContext* /*context*/,
                                  const v1::TranslateSentencesRequest* request,
                                  v1::TranslateSentencesResponse* response) override {
    const auto found =
        dictionaries_.find({request->source_language_code(), request->target_language_code()});
    if (found == dictionaries_.end()) {
      return {grpc::StatusCode::NOT_FOUND, "no such pair of languages"};
    }
    for (const std::string& sentence : request->sentences()) {
      v1::TranslatedSentence* answer = response->add_sentences();
      if (std::optional<std::string> text = Translate(found->second, sentence)) {
        answer->set_text(*std::move(text));
        answer->set_model_name("dictionary");
        answer->set_model_version("1");
      } else {
        answer->set_error_code(grpc::StatusCode::NOT_FOUND);  // perhaps another model knows
      }
    }
    return grpc::Status::OK;
  }

  grpc::Status ListLanguagePairs(grpc::ServerContext* /*context*/,
                                 const v1::ListLanguagePairsRequest* /*request*/,
                                 v1::ListLanguagePairsResponse* response) override {
    for (const auto& [pair, dictionary] : dictionaries_) {
      v1::LanguagePair* listed = response->add_language_pairs();
      listed->set_source_language_code(pair.first);
      listed->set_target_language_code(pair.second);
    }
    return grpc::Status::OK;
  }

 private:
  const Dictionaries dictionaries_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: " << argv[0] << " DICTIONARY.tsv [ADDRESS]\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  if (!file) {
    std::cerr << argv[1] << ": cannot be opened\n";
    return 2;
  }
  ModelServer service(Read(file));
  std::string address = argc == 3 ? argv[2] : "127.0.0.1:50061";
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << address << ": cannot be listened on\n";
    return 3;
  }
  // A port of 0 asks for any that is free.
  if (address.ends_with(":0")) address.replace(address.size() - 1, 1, std::to_string(port));
  std::cout << "listening on " << address << std::endl;
  server->Wait();
}
