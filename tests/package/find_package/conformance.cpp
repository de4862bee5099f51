// What the author of a store does first, over the store that is there already.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/conformance.hpp>

#include <iostream>

int main()
{
    auto const cases = scimkit::store_conformance_cases();
    if (cases.empty())
        return 1;
    auto const report = cases.front().run([] { return scimkit::memory::make_store(); });
    std::cout << cases.front().name << ": " << to_string(report) << '\n';
    return report.passed() ? 0 : 1;
}
