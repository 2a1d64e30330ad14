// What every part of one simulated world shares: time, chance, the transcript, and the place where
// a broken rule is reported.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "profile.h"
#include "random.h"
#include "scheduler.h"

namespace partyline::sim {

// What happened, in order. Hashed, so that two runs can be compared, and kept as text on demand; or
// neither, since words are a quarter of what a world costs.
class Transcript {
 public:
  void keep(bool on) { kept_ = on; }
  void turn_off() { on_ = false; }
  // Whether there is any use for words.
  [[nodiscard]] bool on() const { return on_; }
  void add(TimeMs time, std::string_view who, std::string_view what) {
    if (!on_) return;
    mix(std::to_string(time.value));
    mix(who);
    mix(what);
    if (kept_) lines_.push_back(line(time, who, what));
  }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

  // The form of a line.
  static std::string line(TimeMs time, std::string_view who, std::string_view what) {
    std::string text = std::to_string(time.value);
    text.insert(0, text.size() < 7 ? 7 - text.size() : 0, ' ');
    text += "  ";
    text += who;
    text.append(who.size() < 10 ? 10 - who.size() : 1, ' ');
    text += what;
    return text;
  }

 private:
  // FNV-1a, 64 bits.
  void mix(std::string_view text) {
    for (const char c : text) {
      hash_ = (hash_ ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
    }
    hash_ = (hash_ ^ 0xFFU) * 0x100000001B3ULL;
  }

  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
  bool kept_ = false;
  bool on_ = true;
  std::vector<std::string> lines_;
};

struct Context {
  Context(std::uint64_t seed, Profile drawn) : random(seed), profile(drawn) {}

  Scheduler scheduler;
  Random random;
  Profile profile;
  Transcript transcript;
  // The first rule that was broken; empty while there is none. The world stops there.
  std::string violation;

  void trace(std::string_view who, std::string_view what) {
    transcript.add(scheduler.now(), who, what);
  }
  void violate(std::string_view who, std::string_view what) {
    if (!violation.empty()) return;
    violation = std::string(who) + ": " + std::string(what);
    trace(who, "VIOLATION " + std::string(what));
  }
};

}  // namespace partyline::sim
