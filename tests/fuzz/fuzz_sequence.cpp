// Sequences of requests decided byte by byte, on all stores and the model at once (tests/model). Where a service and
// the model part, the sequence is printed as tests/fuzz/regressions keeps them.
#include "model/generator.hpp"
#include "model/open_points.hpp"
#include "model/runner.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace
{

using namespace scimkit::model;

constexpr int longest = 40;

Runner& runner()
{
    static Runner the_runner{working_directory(), known_open_points()};
    return the_runner;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static Features const without = known_open_points();
    ByteChoices choices{{data, size}};
    Mode const mode = choices.one_in(2) ? Mode::strict : Mode::tolerant;
    std::optional<Generator> generator;
    int requests = 0;
    auto found = runner().run(mode,
                              [&](Model const& model) -> std::optional<Step>
                              {
                                  if (choices.used_up() || ++requests > longest)
                                      return std::nullopt;
                                  if (!generator)
                                      generator.emplace(choices, model, without);
                                  return generator->next();
                              });
    if (!found)
        return 0;
    *found = runner().shrink(std::move(*found));
    std::cerr << found->what << '\n' << to_text(found->sequence);
    std::abort();
}
