// Peers choose what stands in a line, so every text is cut and made harmless first; only then it is put into a form.
#include "log_line.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/core/log_text.hpp>

#include "redacted_text.hpp"

namespace server
{

namespace
{

// Together with the rest of its line each stays below LogWriter's 4,096 bytes, in JSON too, where a backslash is two.
constexpr std::size_t max_message_bytes = 2'048;
constexpr std::size_t max_peer_bytes = 64;
constexpr std::size_t max_method_bytes = 32;
constexpr std::size_t max_path_bytes = 512;
constexpr std::size_t max_name_bytes = 128; // subject, tenant, request id
constexpr std::size_t max_detail_bytes = 512;

/// name=value pairs, or members of an object.
class Fields
{
public:
    Fields(LogFormat format, std::string line)
        : json_(format == LogFormat::json)
        , line_(std::move(line))
    {
    }

    void bare(std::string_view name, std::string_view value, std::size_t max_bytes)
    {
        if (json_)
            return quoted(name, value, max_bytes);
        line_.append(" ").append(name).append("=");
        scimkit::append_log_text(line_, without_keys(value), max_bytes, true);
    }

    void quoted(std::string_view name, std::string_view value, std::size_t max_bytes)
    {
        begin(name);
        if (!json_)
            line_ += '"';
        std::string harmless;
        scimkit::append_log_text(harmless, without_keys(value), max_bytes);
        if (json_)
            scimkit::write_json_string(line_, harmless);
        else
            line_.append(harmless).append("\"");
    }

    void number(std::string_view name, long long value)
    {
        begin(name);
        line_ += std::to_string(value);
    }

    std::string end() && { return json_ ? std::move(line_ += '}') : std::move(line_); }

private:
    void begin(std::string_view name)
    {
        if (json_)
            line_.append(",\"").append(name).append("\":");
        else
            line_.append(" ").append(name).append("=");
    }

    bool json_;
    std::string line_;
};

} // namespace

std::string line_of(LogFormat format, std::string_view message)
{
    std::string harmless;
    scimkit::append_log_text(harmless, without_keys(message), max_message_bytes);
    if (format == LogFormat::text)
        return harmless;
    std::string line = R"(,"message":)";
    scimkit::write_json_string(line, harmless);
    return line += '}';
}

std::string line_of(LogFormat format, scimkit::http::AccessRecord const& record)
{
    Fields fields{format, format == LogFormat::json ? R"(,"message":"request")" : "request"};
    fields.bare("peer", record.peer, max_peer_bytes);
    fields.bare("method", record.method, max_method_bytes);
    fields.bare("path", record.path, max_path_bytes);
    fields.number("status", record.status);
    fields.number("in", static_cast<long long>(record.request_bytes));
    fields.number("out", static_cast<long long>(record.response_bytes));
    fields.number("us", record.duration.count());
    fields.quoted("subject", record.subject, max_name_bytes);
    fields.quoted("tenant", record.tenant, max_name_bytes);
    fields.bare("id", record.request_id, max_name_bytes);
    if (!record.trace_id.empty())
        fields.bare("trace", record.trace_id, max_name_bytes);
    if (!record.scim_type.empty())
        fields.bare("scimType", record.scim_type, max_name_bytes);
    if (!record.detail.empty())
        fields.quoted("detail", record.detail, max_detail_bytes);
    if (!record.setting.empty())
        fields.bare("allowedBy", record.setting, max_name_bytes);
    return std::move(fields).end();
}

char const* pattern_of(LogFormat format) noexcept
{
    return format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l"%v)"
                                     : "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
}

} // namespace server
