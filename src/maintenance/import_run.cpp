// An import that goes on after a crash has to make the same ids of the same lines, and to notice where they are not the
// same lines.
#include "import_run.hpp"

#include <sodium.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace scimkit::maintenance
{

std::string new_run()
{
    std::array<unsigned char, 8> random{};
    randombytes_buf(random.data(), random.size());
    auto const now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    std::array<char, 30> text{};
    std::snprintf(text.data(), text.size(), "%012llx", static_cast<unsigned long long>(now) & 0xFFFFFFFFFFFFULL);
    std::string run = text.data();
    for (unsigned char const byte : random)
    {
        std::snprintf(text.data(), text.size(), "%02x", static_cast<unsigned>(byte));
        run += text.data();
    }
    return run;
}

std::string id_for(std::string const& run, std::uint64_t line)
{
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%s-%s-7%03x-%04x-%08x%s", run.substr(0, 8).c_str(),
                  run.substr(8, 4).c_str(), static_cast<unsigned>(line >> 46 & 0xFFF),
                  static_cast<unsigned>(0x8000U | (line >> 32 & 0x3FFF)), static_cast<unsigned>(line & 0xFFFFFFFF),
                  run.substr(12, 4).c_str());
    return text.data();
}

bool is_run(std::string_view run)
{
    return run.size() == 28 && run.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string digest_of(result<ImportItem> const& item)
{
    std::string const text = item ? item->type->name() + ' ' + item->id + ' ' + item->body : item.error().detail;
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<unsigned char const*>(text.data()), text.size(),
                       nullptr, 0);
    std::array<char, 2 * hash.size() + 1> hex{};
    return sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

} // namespace scimkit::maintenance
