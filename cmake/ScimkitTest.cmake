# scimkit_add_test(<name> SOURCES ... [LIBRARIES ...] [LABELS ...] [INSIDE folder ...]): a Boost.Test executable
# test_<name>, run by ctest as <name>. INSIDE: it uses what is not public, from those folders. A shared library does not
# export that, so a build of shared libraries leaves such tests out: they say nothing that static ones do not.
#
# Its sources are compiled together with SCIMKIT_UNITY (see scimkit_compile_together): what is private to one of them stands
# in the namespace of its suite, or has a name that no other has.
#
# Labels, for ctest -L: fast (the default: seconds at most, even in a debug build), slow, property (random data against a
# law or a reference; more examples, more found), package (builds a consumer in a fresh directory).

find_package(Boost 1.81 REQUIRED COMPONENTS unit_test_framework)

# main() and the precompiled headers of all tests.
add_library(scimkit_test_main OBJECT ${PROJECT_SOURCE_DIR}/tests/support/test_main.cpp)
target_link_libraries(scimkit_test_main PUBLIC scimkit_build_flags scimkit_fewer_checks scimkit::core Boost::unit_test_framework)
target_include_directories(scimkit_test_main PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(scimkit_test_main PUBLIC BOOST_TEST_DYN_LINK
                                                    SCIMKIT_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
scimkit_precompile(scimkit_test_main <boost/test/unit_test.hpp>)

function(scimkit_add_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES;LABELS;INSIDE" ${ARGN})
  if(arg_INSIDE AND BUILD_SHARED_LIBS)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS fast)
  endif()
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE scimkit_test_main ${arg_LIBRARIES})
  target_include_directories(test_${name} PRIVATE ${arg_INSIDE})
  if(SCIMKIT_PRECOMPILE)
    target_precompile_headers(test_${name} REUSE_FROM scimkit_test_main)
  endif()
  scimkit_compile_together(test_${name})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS "${arg_LABELS}")
endfunction()
