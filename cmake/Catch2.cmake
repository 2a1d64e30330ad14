# Provides Catch2::Catch2 and Catch2::Catch2WithMain, and partyline_add_tests.
#
# scripts/setup.mjs puts both forms into the cache folder: the library of the host, and the source. The source is what
# wasm needs, and what serves where the host has no package.
set(PARTYLINE_CATCH2 "$ENV{PARTYLINE_CATCH2}" CACHE PATH "What scripts/catch2.sh installed: usr/ and source/")
if(NOT PARTYLINE_CATCH2)
  if(DEFINED ENV{PARTYLINE_CACHE})
    set(partyline_cache "$ENV{PARTYLINE_CACHE}")
  elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(partyline_cache "$ENV{XDG_CACHE_HOME}/partyline")
  else()
    set(partyline_cache "$ENV{HOME}/.cache/partyline")
  endif()
  set(PARTYLINE_CATCH2 "${partyline_cache}/catch2" CACHE PATH "" FORCE)
endif()

if(NOT EMSCRIPTEN)
  find_package(Catch2 3 QUIET HINTS "${PARTYLINE_CATCH2}/usr")
endif()
if(NOT TARGET Catch2::Catch2)
  if(NOT EXISTS "${PARTYLINE_CATCH2}/source/CMakeLists.txt")
    message(FATAL_ERROR "No Catch2 in ${PARTYLINE_CATCH2}: run `node scripts/setup.mjs --for test`, set "
                        "PARTYLINE_CATCH2, or configure with -DPARTYLINE_TESTS=OFF")
  endif()
  # All of Catch2 in one file, which comes with its source, compiles ten times as fast as its hundred files.
  set(CATCH_CONFIG_DEFAULT_REPORTER console)
  set(CATCH_CONFIG_CONSOLE_WIDTH 80)
  configure_file(
    "${PARTYLINE_CATCH2}/source/src/catch2/catch_user_config.hpp.in"
    "${CMAKE_BINARY_DIR}/catch2/catch2/catch_user_config.hpp")
  add_library(Catch2 STATIC EXCLUDE_FROM_ALL "${PARTYLINE_CATCH2}/source/extras/catch_amalgamated.cpp")
  target_include_directories(
    Catch2 SYSTEM PUBLIC "${PARTYLINE_CATCH2}/source/src" "${CMAKE_BINARY_DIR}/catch2")
  add_library(Catch2::Catch2 ALIAS Catch2)
  add_library(Catch2::Catch2WithMain ALIAS Catch2)
  if(EMSCRIPTEN)
    # Catch2 throws to leave a failed test. The code under test stays without exceptions.
    target_compile_options(Catch2 PUBLIC -fwasm-exceptions)
    target_link_options(
      Catch2 PUBLIC -fwasm-exceptions -sENVIRONMENT=node -sNODERAWFS=1 -sEXIT_RUNTIME=1 -sALLOW_MEMORY_GROWTH=1
      -sSTACK_SIZE=128KB -sASSERTIONS=1)
  endif()
endif()

# partyline_add_tests(TARGET SOURCE...): a program of Catch2 tests that `ctest` knows
function(partyline_add_tests target)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE partyline_options Catch2::Catch2WithMain)
  add_test(NAME ${target} COMMAND ${target})
endfunction()
