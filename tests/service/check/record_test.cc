#include "service/check/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/service/check/report_samples.h"

namespace signalbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::string_literals;

// All members, for EXPECT_EQ.
std::vector<std::string> Fields(const CaseResult& r) {
  std::vector<std::string> fields = {StrCat(r.index),
                                     r.id,
                                     r.file,
                                     StrCat(r.line),
                                     r.from,
                                     r.to,
                                     r.mode,
                                     r.sequence,
                                     r.text_hash,
                                     r.source,
                                     r.output,
                                     r.origin,
                                     StrCat(r.accepted)};
  for (const Finding& f : r.findings) {
    fields.insert(fields.end(), {f.rule, f.message, f.expected, f.actual});
  }
  return fields;
}
std::vector<std::string> Fields(const BadLine& l) { return {l.file, StrCat(l.line), l.what}; }
std::vector<std::string> Fields(const RunInfo& i) {
  return {i.subject, i.book, i.tool_version, i.selection};
}
std::vector<std::string> Fields(const RunSummary& s) {
  std::vector<std::string> fields = {s.subject,          s.book,
                                     StrCat(s.passed),   StrCat(s.failed),
                                     StrCat(s.accepted), StrCat(s.bad_lines),
                                     StrCat(s.left_out), StrCat(s.stopped_early)};
  fields.insert(fields.end(), s.stale.begin(), s.stale.end());
  return fields;
}
std::vector<std::string> Fields(const Progress& p) {
  std::vector<std::string> fields = Fields(p.so_far);
  fields.push_back(StrCat("next ", p.next_index));
  return fields;
}

struct Read {
  std::vector<RecordEntry> entries;
  std::string error;
  bool truncated = false, complete = false;
};
Read ReadAll(const std::string& path) {
  Read read;
  auto reader = RecordReader::Open(path);
  if (!reader.ok()) return {.error = std::string(reader.status().message())};
  while (true) {
    auto entry = (*reader)->Next();
    if (!entry.ok()) read.error = std::string(entry.status().message());
    if (!entry.ok() || !entry->has_value()) break;
    read.entries.push_back(**entry);
  }
  read.truncated = (*reader)->truncated();
  read.complete = (*reader)->complete();
  return read;
}

RunInfo FullInfo() {
  RunInfo info = Info();
  info.selection = "a.jsonl --shard 1/2 \xFF";
  return info;
}

RunSummary FullSummary() {
  return {.subject = "server:[::1]:50051",
          .book = "signalbook",
          .passed = 3'000'000'000,
          .failed = 1,
          .accepted = 2,
          .bad_lines = 3,
          .left_out = 4,
          .stopped_early = true,
          .stale = {"law/copy es 1F600 0123456789abcdef", "\xFF", ""},
          .seconds = 1.5};
}

TEST(RecordTest, GivesBackEveryByte) {
  const std::string bytes = "\0\x01\x1B\x7F\xFF\xC0\x80\xED\xA0\x80\r\n\"\\"s;
  const std::string odd = "\0\u2028\u202E\uFFFE😀\r\n\t\"\\</script>"s;
  CaseResult full = Failed("two");
  full.index = 5'000'000'000;
  full.accepted = 2;
  CaseResult binary = Hostile();
  for (std::string* text :
       {&binary.id, &binary.file, &binary.from, &binary.to, &binary.mode, &binary.sequence,
        &binary.text_hash, &binary.source, &binary.output, &binary.origin, &binary.findings[0].rule,
        &binary.findings[0].message, &binary.findings[0].expected, &binary.findings[0].actual}) {
    *text = bytes;
  }
  CaseResult unicode = binary;
  unicode.source = unicode.output = unicode.id = odd;
  unicode.findings.push_back({});
  unicode.findings.push_back({"law/copy", odd, "", bytes});
  CaseResult accepted = Passed("three");
  accepted.accepted = 1;

  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  auto writer = MakeRecord(path, FullInfo());
  ASSERT_TRUE(writer.ok()) << writer.status();
  const std::vector<CaseResult> results = {Passed("one"), full,      binary,      unicode,
                                           accepted,      Hostile(), CaseResult{}};
  for (const CaseResult& result : results) (*writer)->Add(result);
  (*writer)->Add(BadLine{bytes, 7, odd});
  (*writer)->Add(BadLine{});
  (*writer)->Checkpoint(FullSummary(), 17);
  ASSERT_TRUE((*writer)->Finish(FullSummary()).ok());

  const Read read = ReadAll(path);
  EXPECT_EQ(read.error, "");
  EXPECT_TRUE(read.complete);
  EXPECT_FALSE(read.truncated);
  ASSERT_EQ(read.entries.size(), results.size() + 5);
  EXPECT_EQ(Fields(std::get<RunInfo>(read.entries[0])), Fields(FullInfo()));
  for (size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(Fields(std::get<CaseResult>(read.entries[i + 1])), Fields(results[i])) << i;
  }
  EXPECT_EQ(Fields(std::get<BadLine>(read.entries[8])), Fields(BadLine{bytes, 7, odd}));
  EXPECT_EQ(Fields(std::get<BadLine>(read.entries[9])), Fields(BadLine{}));
  EXPECT_EQ(Fields(std::get<Progress>(read.entries[10])), Fields(Progress{FullSummary(), 17}));
  EXPECT_EQ(Fields(std::get<RunSummary>(read.entries[11])), Fields(FullSummary()));
}

TEST(RecordTest, ListsTheFirstPasses) {
  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  auto writer = MakeRecord(path, Info());
  ASSERT_TRUE(writer.ok());
  for (int i = 0; i < kMostListedPasses + 5; ++i) (*writer)->Add(Passed("one"));
  (*writer)->Add(Failed("last"));
  ASSERT_TRUE((*writer)->Finish({}).ok());
  EXPECT_EQ(ReadAll(path).entries.size(), static_cast<size_t>(kMostListedPasses) + 3);
}

constexpr char kRun[] = "{\"type\":\"run\",\"version\":1}\n";

TEST(RecordReaderTest, WhatIsNoRecord) {
  struct Row {
    std::string description;
    std::string text;
    std::string error;  // part of it
  };
  const std::vector<Row> rows = {
      {"not JSON", "{\"type\":\"run\"\n", ":1: this is no line of a record"},
      {"a corpus", "{\"source\":\"x\"}\n", ":1: this is no record"},
      {"no object", "[]\n", ":1: this is no line"},
      {"a version of the future", "{\"type\":\"run\",\"version\":2}\n", "\"version\" is wrong"},
      {"garbage in the middle", kRun + "\0\0\n"s, ":2: this is no line"},
      {"two records in one file", kRun + std::string(kRun), ":2: a second run"},
      {"an unknown type", kRun + "{\"type\":\"x\\u001b\"}\n"s, "type \"x\\x1B\" are unknown"},
      {"no type", kRun + "{}\n"s, "type \"\" are unknown"},
      {"a wrong member", kRun + "{\"type\":\"case\",\"index\":\"1\"}\n"s, "\"index\" is wrong"},
      {"a text that is none", kRun + "{\"type\":\"case\",\"id\":1}\n"s, "\"id\" is wrong"},
      {"no base64", kRun + "{\"type\":\"case\",\"id_base64\":\"%\"}\n"s, "\"id_base64\" is wrong"},
      {"findings that are none", kRun + "{\"type\":\"case\",\"findings\":[1]}\n"s,
       "\"findings\" is wrong"},
      {"a finding that is wrong", kRun + "{\"type\":\"case\",\"findings\":[{\"rule\":1}]}\n"s,
       "\"findings\" is wrong"},
      {"passed with findings", kRun + "{\"type\":\"case\",\"passed\":true,\"findings\":[{}]}\n"s,
       "\"passed\" is wrong"},
      {"wrong stale rows", kRun + "{\"type\":\"summary\",\"stale\":[{\"row\":1}]}\n"s,
       "\"stale\" is wrong"},
  };
  for (const Row& row : rows) {
    const TempFolder folder;
    const Read read = ReadAll(folder.Write("run.jsonl", row.text));
    EXPECT_THAT(read.error, HasSubstr(row.error)) << row.description;
  }
  EXPECT_EQ(RecordReader::Open("/no/such/file").status().code(), absl::StatusCode::kNotFound);
}

TEST(RecordReaderTest, ALineThatIsCutOffIsNoEntry) {
  const TempFolder folder;
  const std::string line = "{\"type\":\"bad_line\",\"file\":\"a\",\"line\":7}";
  for (size_t cut = 1; cut < line.size(); ++cut) {
    const Read read = ReadAll(folder.Write("run.jsonl", kRun + line.substr(0, cut)));
    EXPECT_EQ(read.error, "") << cut;
    EXPECT_EQ(read.entries.size(), 1u) << cut;
    EXPECT_TRUE(read.truncated) << cut;
    EXPECT_FALSE(read.complete) << cut;
  }
  const Read whole = ReadAll(folder.Write("run.jsonl", kRun + line));
  EXPECT_EQ(whole.entries.size(), 2u) << "only its line end is missing";
  EXPECT_FALSE(whole.truncated);
}

// A run of ten cases, the fourth of which fails, with a checkpoint after every third one. Starts at
// `first`; `stop`: killed before that case.
void RunCases(RecordWriter* writer, int64_t first, int64_t stop, RunSummary summary) {
  for (int64_t i = first; i < stop; ++i) {
    CaseResult result = i == 3 ? Failed("fails") : Passed(StrCat("case ", i));
    result.index = i;
    writer->Add(result);
    ++(result.passed() ? summary.passed : summary.failed);
    if (i % 3 == 2) writer->Checkpoint(summary, i + 1);
  }
  if (stop == 10) {
    ASSERT_TRUE(writer->Finish(summary).ok());
  }
}

TEST(ResumeRecordTest, ARunThatWasKilledAnywhereGivesTheSameRecord) {
  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  {
    auto writer = MakeRecord(path, FullInfo());
    ASSERT_TRUE(writer.ok());
    RunCases(writer->get(), 0, 10, {});
  }
  const std::string whole = folder.Read("run.jsonl");
  EXPECT_THAT(folder.Names(), ElementsAre("run.jsonl"));

  const size_t end = whole.rfind("{\"type\":\"summary\"");
  for (size_t size = 0; size < end; size += 23) {
    const TempFolder broken;
    broken.Write("run.jsonl.part", whole.substr(0, size));
    const std::string there = broken.path() + "/run.jsonl";
    auto resumed = ResumeRecord(there, FullInfo());
    ASSERT_TRUE(resumed.ok()) << size << resumed.status();
    EXPECT_EQ(resumed->recorded, there + ".part");
    // What is recorded so far is what the checkpoint counts.
    int64_t recorded = 0;
    const Read read = ReadAll(resumed->recorded);
    EXPECT_EQ(read.error, "") << size;
    for (const RecordEntry& entry : read.entries) {
      recorded += std::holds_alternative<CaseResult>(entry) ? 1 : 0;
    }
    EXPECT_EQ(recorded, resumed->from.next_index) << size;
    EXPECT_EQ(recorded, resumed->from.so_far.passed + resumed->from.so_far.failed) << size;
    RunCases(resumed->writer.get(), resumed->from.next_index, 10, resumed->from.so_far);
    EXPECT_EQ(broken.Read("run.jsonl"), whole) << size;
    EXPECT_THAT(broken.Names(), ElementsAre("run.jsonl")) << size;
  }
}

TEST(ResumeRecordTest, AWriterThatGoesAwayLeavesWhatItWrote) {
  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  {
    auto writer = MakeRecord(path, Info());
    ASSERT_TRUE(writer.ok());
    RunCases(writer->get(), 0, 8, {});
  }
  EXPECT_THAT(folder.Names(), ElementsAre("run.jsonl.part"));
  EXPECT_THAT(ReadAll(path).error, HasSubstr("--resume"));
  {
    auto resumed = ResumeRecord(path, Info());
    ASSERT_TRUE(resumed.ok());
    EXPECT_EQ(resumed->from.next_index, 6);
    EXPECT_EQ(ResumeRecord(path, Info()).status().code(), absl::StatusCode::kInternal)
        << "two runs, one record";
    EXPECT_EQ(MakeRecord(path, Info()).status().code(), absl::StatusCode::kInternal);
  }
  EXPECT_TRUE(ResumeRecord(path, Info()).ok()) << "the first one is gone";
  EXPECT_TRUE(MakeRecord(path, Info()).ok()) << "a new run starts anew";
}

TEST(ResumeRecordTest, PassesAreCountedOnFromTheCheckpoint) {
  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  {
    auto writer = MakeRecord(path, Info());
    ASSERT_TRUE(writer.ok());
    for (int i = 0; i < kMostListedPasses - 1; ++i) (*writer)->Add(Passed("before"));
    (*writer)->Checkpoint({}, kMostListedPasses - 1);
    (*writer)->Add(Passed("cut off"));
  }
  auto resumed = ResumeRecord(path, Info());
  ASSERT_TRUE(resumed.ok());
  for (int i = 0; i < 3; ++i) resumed->writer->Add(Passed("after"));
  ASSERT_TRUE(resumed->writer->Finish({}).ok());
  const std::string text = folder.Read("run.jsonl");
  EXPECT_EQ(CountOf(text, "\"before\""), static_cast<size_t>(kMostListedPasses) - 1);
  EXPECT_EQ(CountOf(text, "cut off"), 0u);
  EXPECT_EQ(CountOf(text, "\"after\""), 1u);
}

TEST(ResumeRecordTest, WhatCantBeResumed) {
  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  EXPECT_EQ(ResumeRecord(path, Info()).status().code(), absl::StatusCode::kNotFound);

  for (auto change :
       {+[](RunInfo* i) { i->subject = "x"; }, +[](RunInfo* i) { i->book = "x"; },
        +[](RunInfo* i) { i->tool_version = "x"; }, +[](RunInfo* i) { i->selection = "x"; }}) {
    { ASSERT_TRUE(MakeRecord(path, Info()).ok()); }
    RunInfo other = Info();
    change(&other);
    const absl::Status status = ResumeRecord(path, other).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("and is \"x\""));
  }

  auto writer = MakeRecord(path, Info());
  ASSERT_TRUE(writer.ok());
  RunCases(writer->get(), 0, 10, {});
  EXPECT_EQ(ResumeRecord(path, Info()).status().code(), absl::StatusCode::kAlreadyExists);

  folder.Write("corpus.jsonl", "{\"source\":\"x\"}\n");
  EXPECT_EQ(ResumeRecord(folder.path() + "/corpus.jsonl", Info()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(folder.Read("corpus.jsonl"), "{\"source\":\"x\"}\n") << "not ours, not touched";
}

TEST(ResumeRecordTest, BehindALineThatACrashHasSpoiltNothingCounts) {
  const TempFolder folder;
  const std::string path = folder.path() + "/run.jsonl";
  const std::string progress = "{\"type\":\"progress\",\"next_index\":3,\"passed\":3}\n";
  folder.Write("run.jsonl.part", kRun + progress + "\0\0\0\n"s +
                                     "{\"type\":\"progress\",\"next_index\":6,\"passed\":6}\n");
  auto resumed = ResumeRecord(path, RunInfo{});
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->from.next_index, 3);
  EXPECT_EQ(folder.Read("run.jsonl.part"), kRun + progress);
}

TEST(ResumeRecordTest, ARecordThatWasGivenItsNameByHand) {
  const TempFolder folder;
  folder.Write("run.jsonl", std::string(kRun) + "{\"type\":\"progress\",\"next_index\":3}\n");
  auto resumed = ResumeRecord(folder.path() + "/run.jsonl", RunInfo{});
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->from.next_index, 3);
  EXPECT_THAT(folder.Names(), ElementsAre("run.jsonl.part"));
}

}  // namespace
}  // namespace signalbook::check
