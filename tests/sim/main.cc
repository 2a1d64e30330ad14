// partyline-sim: runs seeds, reports those in which a rule was broken, and how to replay them.
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "campaign.h"
#include "machines.h"
#include "replay.h"
#include "storm.h"

namespace {

using partyline::sim::CampaignOptions;
using partyline::sim::Outcome;

constexpr const char* kUsage =
    "usage: partyline-sim [--seed N | --seeds N [--first N]] [options]\n"
    "       partyline-sim --storm N\n"
    "       partyline-sim --replay FILE\n"
    "       partyline-sim --machines\n"
    "  --seed N             run this seed alone (default: 1)\n"
    "  --seeds N            run so many seeds\n"
    "  --first N            beginning with this one (default: 1)\n"
    "  --storm N            so many clients lose their endpoint and come back: how many at a time\n"
    "  --replay FILE        play what a browser's logger.transcript wrote to a client core\n"
    "  --machines           print the diagrams of docs/MACHINES.md\n"
    "  --verbose            print the transcript\n"
    "  --clients N          so many clients at the start, instead of what the seed draws\n"
    "  --virtual-seconds N  so much time with faults, instead of what the seed draws\n"
    "  --jobs N             share the seeds among so many processes (npm run sim only)\n"
    "  --keep-going         do not stop at the tenth failure\n"
    "exit code: 0 all held, 1 a rule was broken or the recording does not fit, 2 wrong usage\n";

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
  bool keep_going = false;
  std::size_t storm = 0;
  std::string replay;
  CampaignOptions options;
};

// The seed under way, for a core that aborts on a failed check.
volatile std::uint64_t running_seed = 0;

void on_abort(int) {
  // Only what is safe in a signal handler.
  char text[160];
  const int size = std::snprintf(text, sizeof text,
                                 "\nseed %llu: ABORTED by a check in the core\n"
                                 "  replay: npm run sim -- --seed %llu --verbose\n",
                                 static_cast<unsigned long long>(running_seed),
                                 static_cast<unsigned long long>(running_seed));
  if (size > 0) std::fwrite(text, 1, static_cast<std::size_t>(size), stderr);
  std::_Exit(134);
}

[[noreturn]] void usage(const std::string& problem) {
  std::fprintf(stderr, "%s\n%s", problem.c_str(), kUsage);
  std::exit(2);
}

std::uint64_t number(std::string_view option, const char* text) {
  std::uint64_t value = 0;
  const char* end = text == nullptr ? nullptr : text + std::strlen(text);
  if (text == nullptr || std::from_chars(text, end, value).ptr != end || end == text) {
    usage(std::string(option) + " needs a number");
  }
  return value;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const auto value = [&] {
      ++i;
      return number(option, i < argc ? argv[i] : nullptr);
    };
    if (option == "--seed") {
      arguments.first = value();
      arguments.count = 1;
    } else if (option == "--seeds") {
      arguments.count = value();
    } else if (option == "--first") {
      arguments.first = value();
    } else if (option == "--storm") {
      arguments.storm = value();
    } else if (option == "--replay") {
      if (++i >= argc) usage("--replay needs a file");
      arguments.replay = argv[i];
    } else if (option == "--clients") {
      arguments.options.clients = static_cast<int>(value());
    } else if (option == "--virtual-seconds") {
      arguments.options.chaos_ms = static_cast<std::int64_t>(value()) * 1'000;
    } else if (option == "--verbose") {
      arguments.options.verbose = true;
    } else if (option == "--keep-going") {
      arguments.keep_going = true;
    } else if (option == "--machines") {
      std::fputs(partyline::sim::machine_diagrams().c_str(), stdout);
      std::exit(0);
    } else if (option == "--help") {
      std::fputs(kUsage, stdout);
      std::exit(0);
    } else {
      usage("unknown option " + std::string(option));
    }
  }
  return arguments;
}

void report(const Outcome& outcome, const CampaignOptions& options) {
  std::printf("seed %llu: FAILED at %lld ms: %s\n  replay: %s\n",
              static_cast<unsigned long long>(outcome.seed),
              static_cast<long long>(outcome.ended.value), outcome.violation.c_str(),
              partyline::sim::replay_command(outcome.seed, options).c_str());
  std::fflush(stdout);
}

int report_storm(std::size_t clients) {
  partyline::sim::StormOptions options;
  options.clients = clients;
  const partyline::sim::StormOutcome storm = partyline::sim::run_storm(options);
  std::printf(
      "%zu of %zu clients came back after %lld ms without an endpoint, %zu as the same peers.\n"
      "%zu attempts; at most %zu within a second, %zu within a tenth.\n"
      "After the endpoint's return half were back in %lld ms, all in %lld ms.\n",
      storm.back, clients, static_cast<long long>(options.down.value), storm.same, storm.attempts,
      storm.peak_second, storm.peak_tenth, static_cast<long long>(storm.half.value),
      static_cast<long long>(storm.last.value));
  return storm.same == clients ? 0 : 1;
}

int report_replay(const std::string& name) {
  std::ifstream file(name);
  if (!file) usage("cannot read " + name);
  const partyline::sim::Replay replay =
      partyline::sim::replay(file, [](const std::string& line) { std::puts(line.c_str()); });
  if (!replay.ok()) {
    std::printf("%s does not fit this core: %s\n", name.c_str(), replay.problem.c_str());
    return 1;
  }
  std::printf("%zu inputs, %zu outputs: it fits\n", replay.inputs, replay.outputs);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments = parse(argc, argv);
  arguments.options.quick = true;
  std::signal(SIGABRT, on_abort);
  if (!arguments.replay.empty()) return report_replay(arguments.replay);
  if (arguments.storm > 0) return report_storm(arguments.storm);
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t failures = 0;
  std::uint64_t steps = 0;
  std::int64_t slowest = 0;
  std::uint64_t slowest_seed = 0;
  std::uint64_t done = 0;
  for (; done < arguments.count; ++done) {
    running_seed = arguments.first + done;
    const Outcome outcome = partyline::sim::run_seed(running_seed, arguments.options);
    for (const std::string& line : outcome.transcript) std::puts(line.c_str());
    steps += outcome.steps;
    if (outcome.ok() && outcome.converged_after.value > slowest) {
      slowest = outcome.converged_after.value;
      slowest_seed = outcome.seed;
    }
    if (outcome.ok()) continue;
    report(outcome, arguments.options);
    if (++failures >= 10 && !arguments.keep_going) {
      ++done;
      break;
    }
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  std::printf(
      "%llu seeds, %llu failed, %llu steps, %.1f s, %.0f seeds/s; slowest to converge: %lld ms "
      "(seed %llu)\n",
      static_cast<unsigned long long>(done), static_cast<unsigned long long>(failures),
      static_cast<unsigned long long>(steps), spent.count(),
      static_cast<double>(done) / spent.count(), static_cast<long long>(slowest),
      static_cast<unsigned long long>(slowest_seed));
  return failures == 0 ? 0 : 1;
}
