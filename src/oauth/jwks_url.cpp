// The keys decide who comes in, so the way to them is narrow: TLS that is verified, no redirects, no proxies, a bound
// on size and on time.
#include <scimkit/oauth/jwt.hpp>

#include "jwks.hpp"

#ifdef SCIMKIT_OAUTH_CURL
#include <curl/curl.h>
#include <memory>
#include <mutex>
#endif

#include <array>
#include <utility>

namespace scimkit
{
#ifdef SCIMKIT_OAUTH_CURL
namespace oauth
{
namespace
{

struct Cleanup
{
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

std::size_t append(char* data, std::size_t, std::size_t size, void* to) noexcept
{
    auto& text = *static_cast<std::string*>(to);
    if (size > max_jwks_bytes - text.size())
        return 0;
    text.append(data, size);
    return size;
}

/// Plain HTTP never leaves this machine.
bool is_of_this_machine(std::string_view url)
{
    for (std::string_view const host : {"http://127.0.0.1", "http://[::1]", "http://localhost"})
        if (url.starts_with(host))
            if (auto const next = url.substr(host.size()); next.empty() || next.front() == '/' || next.front() == ':')
                return next.find('@') == std::string_view::npos;
    return false;
}

class Url final : public KeySource
{
public:
    Url(std::string url, JwksUrlOptions options)
        : url_(std::move(url))
        , options_(std::move(options))
    {
    }

    result<std::string> fetch() override
    {
        auto const failed = [&](std::string const& why) {
            return Error{ErrorCode::unavailable, "The keys at " + url_ + " cannot be had: " + why + "."};
        };
        std::unique_ptr<CURL, Cleanup> const handle{curl_easy_init()};
        std::unique_ptr<curl_slist, Cleanup> const headers{curl_slist_append(nullptr, "Accept: application/json")};
        if (!handle || !headers)
            return failed("there is no memory");
        std::string text;
        std::array<char, CURL_ERROR_SIZE> reason{};
        auto* const curl = handle.get();
        curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, url_.starts_with("https:") ? "https" : "http");
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!options_.authorities.empty())
            curl_easy_setopt(curl, CURLOPT_CAINFO, options_.authorities.c_str());
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
        auto const code = curl_easy_perform(curl);
        if (code != CURLE_OK)
            return failed(code == CURLE_WRITE_ERROR ? "they are more than 1 MiB"
                          : reason.front() != 0     ? reason.data()
                                                    : curl_easy_strerror(code));
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200)
            return failed("the answer was " + std::to_string(status));
        return text;
    }

private:
    std::string const url_;
    JwksUrlOptions const options_;
};

} // namespace
} // namespace oauth

result<std::shared_ptr<KeySource>> jwks_url(std::string url, JwksUrlOptions options)
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    if (!url.starts_with("https://") && !oauth::is_of_this_machine(url))
        return Error{ErrorCode::invalid_value, "The URL of the keys has to begin with https://."};
    if (url.find_first_of(" \t\r\n") != std::string::npos || options.timeout.count() <= 0)
        return Error{ErrorCode::invalid_value, "The URL of the keys, or the time to wait for them, is none."};
    return std::shared_ptr<KeySource>{std::make_shared<oauth::Url>(std::move(url), std::move(options))};
}

#else

result<std::shared_ptr<KeySource>> jwks_url(std::string, JwksUrlOptions)
{
    return Error{ErrorCode::not_implemented, "scimkit::oauth was built without libcurl; give the keys as a file."};
}

#endif
} // namespace scimkit
