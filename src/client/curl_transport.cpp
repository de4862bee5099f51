// libcurl as the transport from the box. Easy handles are kept, each with its connections, and used by one call at a
// time.
#include <scimkit/client/transport.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/version.hpp>

#include "remote.hpp"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <filesystem>
#include <mutex>
#include <utility>

namespace scimkit::client
{

namespace
{

constexpr std::size_t max_idle_handles = 16; // that are kept for the next calls

struct Closes
{
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

using Handle = std::unique_ptr<CURL, Closes>;
using HeaderList = std::unique_ptr<curl_slist, Closes>;

/// What one transfer has brought so far.
struct Received
{
    HttpResponse response;
    std::size_t max_body = 0;
    std::size_t max_headers = 0;
    std::size_t header_bytes = 0;
    bool too_large = false;
    bool header_ended = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* to) noexcept
{
    auto& received = *static_cast<Received*>(to);
    if (size > received.max_body - received.response.body.size())
    {
        received.too_large = true;
        return 0;
    }
    received.response.body.append(data, size);
    return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* to) noexcept
{
    auto& received = *static_cast<Received*>(to);
    received.header_bytes += size;
    if (received.header_bytes > received.max_headers)
    {
        received.too_large = true;
        return 0;
    }
    std::string_view line{data, size};
    if (line.starts_with("HTTP/")) // a new answer; the one before was 100 Continue or a proxy's
    {
        received.response.headers.clear();
        received.header_ended = false;
    }
    received.header_ended |= line == "\r\n" || line == "\n";
    auto const colon = line.find(':');
    if (colon == std::string_view::npos)
        return size;
    auto value = line.substr(colon + 1);
    auto const begin = value.find_first_not_of(" \t\r\n");
    value = begin == std::string_view::npos ? std::string_view{} : value.substr(begin);
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    received.response.headers.push_back({std::string{line.substr(0, colon)}, std::string{value}});
    return size;
}

FailureKind kind_of(CURLcode code) noexcept
{
    switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
        return FailureKind::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
        return FailureKind::timed_out;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
        return FailureKind::untrusted;
    case CURLE_URL_MALFORMAT:
    case CURLE_OUT_OF_MEMORY:
        return FailureKind::misuse;
    default:
        return FailureKind::cut_off;
    }
}

/// What ends a line within one would begin another, chosen by whoever chose the text: a version that a server has made
/// up, a token from a file. libcurl sends it as it is.
bool is_of_one_line(std::string_view text) noexcept
{
    return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

bool can_be_sent(HttpRequest const& request)
{
    bool const has_method =
        !request.method.empty() && std::ranges::all_of(request.method, [](char c) { return c >= 'A' && c <= 'Z'; });
    return has_method && is_of_one_line(request.url) &&
           std::ranges::all_of(request.headers, [](auto const& header)
                               { return is_of_one_line(header.name) && is_of_one_line(header.value); });
}

class CurlTransport final : public Transport
{
public:
    explicit CurlTransport(CurlOptions options)
        : options_(std::move(options))
    {
        if (options_.user_agent.empty())
            options_.user_agent = "scimkit/" SCIMKIT_VERSION;
    }

    outcome<HttpResponse> send(HttpRequest const& request) override
    {
        if (!can_be_sent(request))
            return Failure{FailureKind::misuse,
                           {ErrorCode::invalid_value, "A method, URL or header with a line end in it is not sent."},
                           0,
                           false};
        auto handle = take();
        if (!handle)
            return Failure{FailureKind::misuse, {ErrorCode::internal, "libcurl could not be started."}, 0, false};
        Received received;
        received.max_body = request.max_response_bytes;
        received.max_headers = options_.max_header_bytes;
        std::array<char, CURL_ERROR_SIZE> reason{};
        auto const headers = header_list(request);
        set_up(handle.get(), request, received, reason.data(), headers.get());
        auto const code = curl_easy_perform(handle.get());
        auto outcome = finish(handle.get(), code, received, reason.data());
        if (code == CURLE_OK)
            give_back(std::move(handle));
        return outcome;
    }

private:
    Handle take()
    {
        {
            std::lock_guard const lock{mutex_};
            if (!idle_.empty())
            {
                auto handle = std::move(idle_.back());
                idle_.pop_back();
                return handle;
            }
        }
        return Handle{curl_easy_init()};
    }

    void give_back(Handle handle)
    {
        curl_easy_reset(handle.get()); // keeps the connections
        std::lock_guard const lock{mutex_};
        if (idle_.size() < max_idle_handles)
            idle_.push_back(std::move(handle));
    }

    static HeaderList header_list(HttpRequest const& request)
    {
        HeaderList list;
        auto const add = [&](std::string const& line)
        {
            if (auto* const longer = curl_slist_append(list.get(), line.c_str()))
            {
                (void)list.release();
                list.reset(longer);
            }
        };
        for (auto const& header : request.headers)
            add(header.name + ": " + header.value);
        add("Expect:"); // bodies are small; waiting for 100 Continue costs a round trip
        return list;
    }

    void set_up(CURL* handle, HttpRequest const& request, Received& received, char* reason, curl_slist* headers) const
    {
        auto const set = [handle](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_ERRORBUFFER, reason);
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        set(CURLOPT_USERAGENT, options_.user_agent.c_str());
        set(CURLOPT_HTTPHEADER, headers);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
        set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options_.slowest_bytes));
        set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_timeout.count()));
        set(CURLOPT_WRITEFUNCTION, &on_body);
        set(CURLOPT_WRITEDATA, &received);
        set(CURLOPT_HEADERFUNCTION, &on_header);
        set(CURLOPT_HEADERDATA, &received);
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        set_up_method(handle, request);
        set_up_trust(handle);
    }

    static void set_up_method(CURL* handle, HttpRequest const& request)
    {
        if (request.method == "HEAD")
            curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
        else if (request.method != "GET" || !request.body.empty())
        {
            curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
            if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
            {
                curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
                curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data()); // not copied
            }
        }
    }

    void set_up_trust(CURL* handle) const
    {
        auto const set = [handle](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_SSL_VERIFYPEER, options_.verify_tls ? 1L : 0L);
        set(CURLOPT_SSL_VERIFYHOST, options_.verify_tls ? 2L : 0L);
        if (!options_.ca_file.empty())
            set(CURLOPT_CAINFO, options_.ca_file.c_str());
        if (!options_.client_certificate_file.empty())
        {
            set(CURLOPT_SSLCERT, options_.client_certificate_file.c_str());
            set(CURLOPT_SSLKEY, options_.client_key_file.c_str());
        }
        if (options_.proxy)
            set(CURLOPT_PROXY, options_.proxy->c_str());
    }

    static outcome<HttpResponse> finish(CURL* handle, CURLcode code, Received& received, char const* reason)
    {
        if (code == CURLE_OK && !received.header_ended) // which libcurl does not mind
            return Failure{FailureKind::cut_off, {ErrorCode::unavailable, "The answer ended within its header."}};
        if (code == CURLE_OK)
        {
            long status = 0;
            curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
            received.response.status = static_cast<int>(status);
            return std::move(received.response);
        }
        if (received.too_large)
            return Failure{FailureKind::too_large,
                           {ErrorCode::payload_too_large,
                            "The answer is longer than " + std::to_string(received.max_body) + " bytes."}};
        curl_off_t before_transfer = 0; // stays 0 until the request is about to be written
        curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &before_transfer);
        std::string_view const said = *reason ? reason : curl_easy_strerror(code);
        auto const kind = kind_of(code);
        auto const error = kind == FailureKind::timed_out ? ErrorCode::request_timeout : ErrorCode::unavailable;
        return Failure{kind, {error, clean_text(said, 300)}, 0, before_transfer > 0};
    }

    CurlOptions options_;
    std::mutex mutex_;
    std::vector<Handle> idle_;
};

} // namespace

outcome<std::shared_ptr<Transport>> curl_transport(CurlOptions options)
{
    static CURLcode const started = curl_global_init(CURL_GLOBAL_DEFAULT); // once, whoever comes first
    if (started != CURLE_OK)
        return misuse("libcurl could not be started.");
    for (auto const* const file : {&options.ca_file, &options.client_certificate_file, &options.client_key_file})
        if (std::error_code ignored; !file->empty() && !std::filesystem::is_regular_file(*file, ignored))
            return misuse("There is no file " + *file + ".");
    if (options.client_certificate_file.empty() != options.client_key_file.empty())
        return misuse("A client certificate needs its key, and a key its certificate.");
    return std::shared_ptr<Transport>{std::make_shared<CurlTransport>(std::move(options))};
}

std::string_view HttpResponse::header(std::string_view name) const noexcept
{
    for (auto header = headers.rbegin(); header != headers.rend(); ++header)
        if (equal_ascii_ignoring_case(header->name, name))
            return header->value;
    return {};
}

} // namespace scimkit::client
