// Receivers fetch the JWK Set now and then, and have tokens that were signed before: so a key that goes is shown for
// longer than it signs, and one that comes can be shown before it signs.
#include "event_keys.hpp"

#include "invalid.hpp"
#include "logging.hpp"
#include "secret_files.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace server
{

using scimkit::result;
namespace json = scimkit::json;

namespace
{

constexpr std::size_t max_event_keys = 4;               // of --event-key-file; it is refused
constexpr std::size_t max_replaced_keys = 8;            // that are still shown; the oldest goes before its time
constexpr std::size_t max_event_key_bytes = 16'384;     // of --event-key-file that are read
constexpr std::chrono::hours replaced_key_is_shown{24}; // that signed until the file was exchanged

/// One of several lines, or of a text that is one key.
std::vector<std::string> texts_in(std::string const& text)
{
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);)
        if (line.find_first_not_of(" \t\r") != std::string::npos)
            lines.push_back(line);
    bool const each_is_one =
        std::ranges::all_of(lines, [](std::string const& line) { return scimkit::parse_json(line).has_value(); });
    return lines.size() > 1 && each_is_one ? lines : std::vector<std::string>{text};
}

/// Of what signer->jwks() says.
json::array keys_of(scimkit::EventSigner const& signer)
{
    auto parsed = scimkit::parse_json(signer.jwks());
    auto* const object = parsed ? parsed->if_object() : nullptr;
    auto* const keys = object ? object->if_contains("keys") : nullptr;
    return keys && keys->is_array() ? std::move(keys->get_array()) : json::array{};
}

} // namespace

EventKeys::EventKeys(std::string file)
    : file_(std::move(file))
{
}

result<std::shared_ptr<EventKeys>> EventKeys::create(std::string file)
{
    std::shared_ptr<EventKeys> made{new EventKeys{std::move(file)}};
    if (auto done = made->reload(); !done)
        return std::move(done).error();
    return made;
}

result<EventKeys::Signers> EventKeys::read(std::string const& file)
{
    auto const safe = check_permissions("--event-key-file", file, true);
    if (!safe)
        return safe.error();
    if (*safe)
        log(scimkit::LogLevel::warning, **safe);
    std::ifstream stream{file, std::ios::binary};
    std::string text(max_event_key_bytes, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad() || stream.gcount() == 0)
        return invalid("--event-key-file " + file + " cannot be read.");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    auto const texts = texts_in(text);
    if (texts.size() > max_event_keys)
        return invalid("--event-key-file " + file + " has more than four keys.");
    Signers signers;
    for (std::string const& each : texts)
    {
        auto signer = scimkit::event_signer(each);
        if (!signer)
            return invalid("--event-key-file " + file + ": " + signer.error().detail);
        signers.push_back(std::move(*signer));
    }
    return signers;
}

result<void> EventKeys::reload()
{
    auto read_anew = read(file_);
    if (!read_anew)
        return std::move(read_anew).error();
    auto const now = std::chrono::steady_clock::now();
    std::lock_guard const lock{mutex_};
    if (!signers_.empty() && signers_.front()->jwks() != read_anew->front()->jwks())
        replaced_.push_back({signers_.front(), now + replaced_key_is_shown});
    std::erase_if(replaced_, [&](Replaced const& each) { return each.until <= now; });
    if (replaced_.size() > max_replaced_keys)
        replaced_.erase(replaced_.begin());
    signers_ = std::move(*read_anew);
    return {};
}

result<std::string> EventKeys::sign(json::object const& claims) const
{
    std::unique_lock lock{mutex_};
    auto const signer = signers_.front();
    lock.unlock();
    return signer->sign(claims);
}

std::string EventKeys::jwks() const
{
    auto const now = std::chrono::steady_clock::now();
    std::unique_lock lock{mutex_};
    auto shown = signers_;
    for (auto const& [signer, until] : replaced_)
        if (now < until)
            shown.push_back(signer);
    lock.unlock();
    json::array keys;
    std::set<std::string> known;
    for (auto const& signer : shown)
        for (auto& key : keys_of(*signer))
        {
            std::string same;
            scimkit::write_json(same, key);
            if (known.insert(std::move(same)).second)
                keys.push_back(std::move(key));
        }
    std::string text;
    scimkit::write_json(text, json::object{{"keys", std::move(keys)}});
    return text;
}

} // namespace server
