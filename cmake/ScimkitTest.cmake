# scimkit_add_test(<name> SOURCES ... [LIBRARIES ...]): a Boost.Test executable test_<name>, run by ctest as <name>.

find_package(Boost 1.81 REQUIRED COMPONENTS unit_test_framework)

function(scimkit_add_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/test_main.cpp)
  target_link_libraries(test_${name} PRIVATE scimkit_build_flags scimkit::core Boost::unit_test_framework
                                             ${arg_LIBRARIES})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${name} PRIVATE BOOST_TEST_DYN_LINK
                                                  SCIMKIT_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
