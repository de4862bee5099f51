# How every scimkit target is built: language level, warnings, sanitizers, visibility.

add_library(scimkit_build_flags INTERFACE)
target_compile_options(scimkit_build_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion
                                                     # what one source calls a thing may be a parameter's name in the next
                                                     $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)
# GCC 12 warns wrongly of overlapping copies in "text" + std::string when it optimises (its bug 105651), and of the value
# that an empty std::optional does not have.
foreach(warning restrict maybe-uninitialized)
  target_compile_options(scimkit_build_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-${warning}>)
endforeach()
if(SCIMKIT_PRECOMPILE)
  # GCC forgets that a precompiled header of the system is one, and warns inside of std::string when it optimises.
  foreach(warning stringop-overflow stringop-overread array-bounds)
    target_compile_options(scimkit_build_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-${warning}>)
  endforeach()
  target_compile_options(scimkit_build_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>) # for ccache
endif()
if(SCIMKIT_WARNINGS_AS_ERRORS)
  target_compile_options(scimkit_build_flags INTERFACE -Werror)
endif()
# What is built for release says where its sources stand among the others, and not where they were built: the same sources
# have the same bytes anywhere. The directory of the build may be within that of the sources; the later one wins.
foreach(place ${PROJECT_SOURCE_DIR}=. ${PROJECT_BINARY_DIR}=./build)
  target_compile_options(
    scimkit_build_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-ffile-prefix-map=${place}>)
endforeach()
if(SCIMKIT_SANITIZE)
  target_compile_options(scimkit_build_flags INTERFACE -fsanitize=${SCIMKIT_SANITIZE} -fno-omit-frame-pointer
                                                       -fno-sanitize-recover=all)
  target_link_options(scimkit_build_flags INTERFACE -fsanitize=${SCIMKIT_SANITIZE})
  if(SCIMKIT_SANITIZE MATCHES "undefined")
    # Each check has data that points somewhere: as a position-independent program the larger tests have five million
    # relocations, which are a third of their size and of what it takes to start them.
    target_link_options(scimkit_build_flags INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-no-pie>)
  endif()
endif()

# For tests and programs, linked after scimkit_build_flags: the libraries have every check of the sanitizer of undefined
# behaviour; code that only calls them has no checks of pointers, which take half of its compilation, and of what they
# would find the address sanitizer stops at nearly all.
add_library(scimkit_fewer_checks INTERFACE)
if(SCIMKIT_SANITIZE MATCHES "undefined")
  target_compile_options(scimkit_fewer_checks INTERFACE -fno-sanitize=null,alignment,vptr,object-size)
endif()

if(SCIMKIT_SANITIZE MATCHES "thread")
  # Asio uses fences, which GCC's thread sanitizer does not follow.
  target_compile_options(scimkit_build_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
if(SCIMKIT_FUZZ)
  target_compile_options(scimkit_build_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# scimkit_precompile(TARGET [HEADER ...]): half the time of most compilations goes into these headers. None of our own is
# among them, so that a change of one compiles only what includes it.
function(scimkit_precompile target)
  if(NOT SCIMKIT_PRECOMPILE)
    return()
  endif()
  target_precompile_headers(
    ${target} PRIVATE <boost/json.hpp> <boost/system/result.hpp> <algorithm> <chrono> <functional> <map> <memory>
    <optional> <span> <string> <string_view> <variant> <vector> ${ARGN})
endfunction()

# scimkit_compile_together(TARGET): with SCIMKIT_UNITY, eight sources at a time. What is private to a source must have a name of
# its own in the target then. Each source alone is what other builds compile.
function(scimkit_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SCIMKIT_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  if(SCIMKIT_UNITY) # GCC takes a base in an anonymous namespace for one of a header
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# scimkit_compile_rooms_together(TARGET): the same, and never sources of two folders. Once all of them are known.
function(scimkit_compile_rooms_together target)
  scimkit_compile_together(${target})
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME room)
    math(EXPR count_${room} "${count_${room}}+1")
    math(EXPR batch "(${count_${room}}-1)/8")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${room}_${batch})
  endforeach()
endfunction()

# scimkit_add_library(<name>): the library target scimkit_<name> with the alias scimkit::<name>, hidden visibility,
# headers from include/ beside the caller (or INCLUDE_DIR).
function(scimkit_add_library name)
  cmake_parse_arguments(arg "" "INCLUDE_DIR" "SOURCES" ${ARGN})
  add_library(scimkit_${name} ${arg_SOURCES})
  add_library(scimkit::${name} ALIAS scimkit_${name})
  target_compile_features(scimkit_${name} PUBLIC cxx_std_20)
  target_include_directories(scimkit_${name} PUBLIC $<BUILD_INTERFACE:${arg_INCLUDE_DIR}>
                                                    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(scimkit_${name} PRIVATE $<BUILD_INTERFACE:scimkit_build_flags>)
  scimkit_compile_together(scimkit_${name})
  if(SCIMKIT_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Debug") # what runs millions of requests in the tests is worth a third more of compilation
    target_compile_options(scimkit_${name} PRIVATE -O1)
  endif()
  if(NOT BUILD_SHARED_LIBS)
    target_compile_definitions(scimkit_${name} PUBLIC SCIMKIT_STATIC)
  endif()
  set_target_properties(
    scimkit_${name}
    PROPERTIES EXPORT_NAME ${name}
               OUTPUT_NAME scimkit_${name}
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               POSITION_INDEPENDENT_CODE ON
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()
