// Some functions of the C and C++ libraries, as small as the core needs them. The libraries' own
// would be a fifth of the module: they format and parse 128-bit floating point numbers.
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#define PARTYLINE_IMPORT(name) extern "C" __attribute__((import_module("env"), import_name(#name)))

// JavaScript parses numbers as exactly as the library does. The one caller is the JSON lexer, which
// hands in the whole of a number and nothing else.
PARTYLINE_IMPORT(number) double number(const char* text, std::size_t length);
// Writes the digits of a number and returns how many bytes they are.
PARTYLINE_IMPORT(digits) std::size_t digits(double value, char* target);

// The same names as in the library, so that the linker takes these.
extern "C" {

double strtod(const char* text, char** end) {
  const std::size_t length = std::strlen(text);
  if (end != nullptr) *end = const_cast<char*>(text) + length;
  return number(text, length);
}
// In the library these two come with strtod, so they have to come with this one.
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

// A bug of ours: the host sees an exception, and this instance is done for.
void abort() { __builtin_trap(); }

// What the C++ runtime says before it aborts, say about a pure virtual call.
void abort_message(const char* /*format*/, ...) { std::abort(); }

}  // extern "C"

// The shortest text that is read as this number again. The one caller is the JSON writer.
std::to_chars_result std::to_chars(char* first, char* /*last*/, double value) {
  return {first + digits(value, first), std::errc()};
}

// What the C++ library calls when its user broke a rule; its own would print why. Newer libraries
// declare it as not throwing.
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif
void std::__libcpp_verbose_abort(const char* /*format*/, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT {
  std::abort();
}
