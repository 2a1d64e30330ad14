# What every target of this project is built with: link partyline_options, privately.
#
#   partyline_options   warnings as errors, sanitizers
#   partyline_no_throw  no exceptions and no RTTI, as in the core: both builds, native and wasm, then mean the same

add_library(partyline_options INTERFACE)
target_compile_options(partyline_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns falsely about std::string and std::variant when it inlines (GCC bugs 105329, 105562, 105593).
  target_compile_options(
    partyline_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds)
endif()

add_library(partyline_no_throw INTERFACE)
target_compile_options(partyline_no_throw INTERFACE -fno-exceptions -fno-rtti)

# Sanitizers are for the whole build, so that nothing passes between a checked and an unchecked container.
if(PARTYLINE_SANITIZE)
  # vptr needs RTTI, which the core is built without.
  add_compile_options(
    -fsanitize=${PARTYLINE_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PARTYLINE_SANITIZE})
endif()

if(NOT EMSCRIPTEN AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(PARTYLINE_CCACHE ccache)
  if(PARTYLINE_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${PARTYLINE_CCACHE}")
  endif()
endif()
