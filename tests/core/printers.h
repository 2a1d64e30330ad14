// How messages and errors look in the report of a failed test.
#pragma once

#include <string>

#include <catch2/catch_tostring.hpp>

#include "partyline/protocol.h"
#include "partyline/result.h"
#include "partyline/signal.h"

template <>
struct Catch::StringMaker<partyline::ErrorCode> {
  static std::string convert(partyline::ErrorCode code) {
    return std::string(partyline::error_name(code));
  }
};

template <>
struct Catch::StringMaker<partyline::ClientMessage> {
  static std::string convert(const partyline::ClientMessage& message) {
    return partyline::write_message(message);
  }
};

template <>
struct Catch::StringMaker<partyline::HubMessage> {
  static std::string convert(const partyline::HubMessage& message) {
    return partyline::write_message(message);
  }
};

template <>
struct Catch::StringMaker<partyline::Signal> {
  static std::string convert(const partyline::Signal& signal) {
    return partyline::write_signal(signal);
  }
};

template <class Tag>
struct Catch::StringMaker<partyline::StringId<Tag>> {
  static std::string convert(const partyline::StringId<Tag>& id) { return id.value; }
};
