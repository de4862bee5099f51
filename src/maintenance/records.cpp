// JSON lines: blank ones are passed over.
#include "records.hpp"

#include "lines.hpp"

namespace scimkit::maintenance
{
namespace
{

class JsonRecords final : public RecordReader
{
public:
    using RecordReader::RecordReader;

    result<std::optional<Record>> next() override
    {
        std::string text;
        do
        {
            auto const more = next_line(in_, text, bytes_);
            if (!more)
                return more.error();
            if (!*more)
                return std::optional<Record>{};
            ++lines_;
        } while (trimmed(text).empty());
        Record record{.line = lines_, .end = bytes_, .end_line = lines_};
        read(text, record);
        return std::optional{std::move(record)};
    }

private:
    static void read(std::string const& text, Record& record)
    {
        auto parsed = parse_json(text, {.max_bytes = text.size(), .max_depth = 64, .max_values = text.size() + 1});
        if (!parsed)
        {
            record.fault = parsed.error();
            return;
        }
        auto* const object = parsed->if_object();
        if (!object)
        {
            record.fault = Error{ErrorCode::invalid_syntax, "A line has to be a JSON object."};
            return;
        }
        auto* const resource = object->if_contains("resource");
        auto const* const tenant = object->if_contains("tenant");
        if (resource && resource->is_object() && tenant && tenant->is_string())
        {
            record.tenant = tenant->get_string();
            record.body = std::move(resource->get_object());
        }
        else
            record.body = std::move(*object);
    }
};

} // namespace

result<void> RecordReader::go_on(std::uint64_t bytes, std::uint64_t lines)
{
    if (!in_.seekg(static_cast<std::streamoff>(bytes)))
        return Error{ErrorCode::unavailable, "The input cannot be read from where the import was interrupted."};
    bytes_ = bytes;
    lines_ = lines;
    return {};
}

std::unique_ptr<RecordReader> json_records(std::istream& in) { return std::make_unique<JsonRecords>(in); }

} // namespace scimkit::maintenance
