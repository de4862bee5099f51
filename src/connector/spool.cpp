// Two files: the resources, one a line, and how many bytes of them count. A crash between the two leaves bytes that do
// not.
#include "spool.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace scimkit::connector
{

namespace fs = std::filesystem;

namespace
{

constexpr std::int64_t longest_life = 24 * 3600;                   // seconds that a cut-off read can be taken up
constexpr std::uint64_t max_spool_bytes = std::uint64_t{64} << 30; // of one read; it fails beyond
constexpr std::size_t max_line_bytes = std::size_t{64} << 20;      // of one resource in a spool; damaged beyond

std::int64_t seconds_now()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

fs::path lines(fs::path const& directory) { return directory / "spool.jsonl"; }
fs::path marks(fs::path const& directory) { return directory / "spool.json"; }

std::uint64_t number_at(json::object const& object, std::string_view name)
{
    auto const found = object.find(name);
    return found != object.end() && found->value().is_int64() && found->value().get_int64() > 0
               ? static_cast<std::uint64_t>(found->value().get_int64())
               : 0;
}

/// Readable for its owner alone, whatever it was before. Null: it cannot be.
std::FILE* open_lines(fs::path const& file, bool at_the_end)
{
    int const flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (at_the_end ? O_APPEND : O_TRUNC);
    int const descriptor = ::open(file.c_str(), flags, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return nullptr;
    auto* const opened = ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 ? ::fdopen(descriptor, "ab") : nullptr;
    if (!opened)
        ::close(descriptor);
    return opened;
}

} // namespace

outcome<std::unique_ptr<Spool>> Spool::open(fs::path const& directory, std::string const& purpose, bool anew)
{
    std::unique_ptr<Spool> spool{new Spool};
    spool->directory_ = directory;
    spool->purpose_ = purpose;
    spool->begun_ = seconds_now();
    std::error_code error;
    if (auto const marked = read_json(marks(directory)); marked && !anew && !marked->empty())
    {
        auto const begun = static_cast<std::int64_t>(number_at(*marked, "begun"));
        auto const bytes = number_at(*marked, "bytes");
        auto const size = fs::file_size(lines(directory), error);
        if (text_of(*marked, "purpose") == purpose && !error && size >= bytes && seconds_now() - begun < longest_life)
        {
            spool->resumed_ = true;
            spool->begun_ = begun;
            spool->bytes_ = bytes;
            spool->list_ = number_at(*marked, "list");
            spool->position_ = {std::max<std::uint64_t>(number_at(*marked, "startIndex"), 1),
                                text_of(*marked, "cursor"), number_at(*marked, "resources")};
            fs::resize_file(lines(directory), bytes, error);
        }
    }
    spool->file_.reset(open_lines(lines(directory), spool->resumed_));
    if (!spool->file_ || error)
        return trouble(lines(directory).string() + " cannot be written.");
    if (!spool->resumed_)
        if (auto saved = spool->save(); !saved)
            return saved.error();
    return spool;
}

void Spool::add(Spooled const& resource)
{
    write_json(pending_, json::object{{"type", resource.type},
                                      {"id", resource.id},
                                      {"lastModified", resource.last_modified},
                                      {"attributes", resource.attributes}});
    pending_ += '\n';
}

outcome<void> Spool::save()
{
    std::string text;
    write_json(text, json::object{{"purpose", purpose_},
                                  {"begun", begun_},
                                  {"bytes", bytes_},
                                  {"list", list_},
                                  {"startIndex", position_.start_index},
                                  {"cursor", position_.cursor},
                                  {"resources", position_.resources}});
    return write_file(marks(directory_), text);
}

outcome<void> Spool::commit(client::PagePosition position)
{
    if (bytes_ + pending_.size() > max_spool_bytes)
        return Failure{client::FailureKind::too_large,
                       {ErrorCode::payload_too_large, "The source has sent more than 64 GiB, and goes on."}};
    if (std::fwrite(pending_.data(), 1, pending_.size(), file_.get()) != pending_.size() ||
        std::fflush(file_.get()) != 0)
        return trouble(lines(directory_).string() + " cannot be written; is the disk full?");
    bytes_ += pending_.size();
    pending_.clear();
    position_ = std::move(position);
    return save();
}

outcome<void> Spool::next_list()
{
    ++list_;
    return commit({});
}

outcome<void> Spool::for_each(std::string const& type, std::function<outcome<void>(Spooled)> const& visit) const
{
    std::ifstream stream{lines(directory_), std::ios::binary};
    std::uint64_t read = 0;
    for (std::string line; read < bytes_ && std::getline(stream, line);)
    {
        read += line.size() + 1;
        auto parsed = parse_json(line, {max_line_bytes, 64, 10'000'000});
        if (!parsed || !parsed->is_object() || !parsed->get_object().contains("attributes"))
            return trouble(lines(directory_).string() + " is damaged; import with --restart.");
        auto& object = parsed->get_object();
        Spooled resource{text_of(object, "type"), text_of(object, "id"), text_of(object, "lastModified")};
        if (resource.type != type)
            continue;
        if (auto* const attributes = object.if_contains("attributes"); attributes->is_object())
            resource.attributes = std::move(attributes->get_object());
        if (auto visited = visit(std::move(resource)); !visited)
            return visited;
    }
    if (read < bytes_)
        return trouble(lines(directory_).string() + " is cut off; import with --restart.");
    return {};
}

void Spool::remove()
{
    file_.reset();
    std::error_code ignored;
    fs::remove(marks(directory_), ignored);
    fs::remove(lines(directory_), ignored);
}

} // namespace scimkit::connector
