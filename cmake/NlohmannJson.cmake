# Provides nlohmann_json::nlohmann_json, without exceptions: a bad access is a bug of ours, and the one parser asks first.
#
# Under Emscripten no package of the host is found, and must not be searched for: that would bring the host's /usr/include
# into a wasm build. The library is headers only, so the host's are copied into the build tree.
if(NOT EMSCRIPTEN)
  find_package(nlohmann_json 3.11 REQUIRED)
else()
  set(nlohmann_json_copy "${CMAKE_BINARY_DIR}/nlohmann_json")
  if(NOT EXISTS "${nlohmann_json_copy}/nlohmann/json.hpp")
    find_path(
      PARTYLINE_NLOHMANN_JSON nlohmann/json.hpp
      PATHS ENV NLOHMANN_JSON_INCLUDE /usr/include /usr/local/include /opt/homebrew/include
      NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
    file(COPY "${PARTYLINE_NLOHMANN_JSON}/nlohmann" DESTINATION "${nlohmann_json_copy}")
  endif()
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
  target_include_directories(nlohmann_json::nlohmann_json SYSTEM INTERFACE "${nlohmann_json_copy}")
endif()
