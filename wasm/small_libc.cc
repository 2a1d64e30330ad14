// Some functions of the C and C++ libraries, as small as the core needs them. The libraries' own
// would be a fifth of the module: they format and parse 128-bit floating point numbers.
#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <cstring>

// JavaScript parses numbers as exactly as the library does. The one caller is the JSON lexer, which
// hands in the whole of a number and nothing else.
extern "C" __attribute__((import_module("env"), import_name("number"))) double number(
    const char* text, std::size_t length);

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

// The JSON library writes single characters as hexadecimal digits: "%.2X", "\\u%04x" and the like.
// Others do not print at all.
int snprintf(char* target, std::size_t size, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::size_t length = 0;
  const auto put = [&](char character) {
    if (length + 1 < size) target[length] = character;
    ++length;
  };
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    int digits = 0;
    while (*++format == '.' || (*format >= '0' && *format <= '9')) {
      if (*format != '.') digits = *format - '0';
    }
    const char* const alphabet = *format == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    const unsigned value = va_arg(arguments, unsigned);
    for (int digit = digits; digit-- > 0;) put(alphabet[(value >> (4 * digit)) & 15]);
  }
  va_end(arguments);
  if (size > 0) target[length < size ? length : size - 1] = '\0';
  return static_cast<int>(length);
}

// A bug of ours: the host sees an exception, and this instance is done for.
void abort() { __builtin_trap(); }

// What the C++ runtime says before it aborts, say about a pure virtual call.
void abort_message(const char* /*format*/, ...) { std::abort(); }

}  // extern "C"

// What the C++ library calls when its user broke a rule; its own would print why. Newer libraries
// declare it as not throwing.
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif
void std::__libcpp_verbose_abort(const char* /*format*/, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT {
  std::abort();
}
