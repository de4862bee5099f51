# The embedding example in README.md is samples/minimal/main.cpp, letter for letter.
file(READ ${ROOT}/README.md readme)
file(READ ${ROOT}/samples/minimal/main.cpp sample)
string(FIND "${readme}" "```cpp\n${sample}```" place)
if(place EQUAL -1)
  message(FATAL_ERROR "README.md does not hold samples/minimal/main.cpp as it is")
endif()
