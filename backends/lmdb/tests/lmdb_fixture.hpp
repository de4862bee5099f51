// A directory that goes away, engines in it, and child processes for what one process cannot test.
#pragma once

#include <scimkit/kv/engine.hpp>
#include <scimkit/lmdb/lmdb_store.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace scimkit::test
{

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true; // sanitizers need address space without end
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

class TemporaryDirectory
{
public:
    TemporaryDirectory()
    {
        auto name = (std::filesystem::temp_directory_path() / "scimkit-lmdb-XXXXXX").native();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
    ~TemporaryDirectory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct LmdbFixture
{
    TemporaryDirectory temporary;
    std::filesystem::path directory = temporary.path() / "db";
    lmdb::LmdbOptions options{};

    std::unique_ptr<kv::Engine> open() const
    {
        auto engine = lmdb::open_engine(directory, options);
        BOOST_REQUIRE_MESSAGE(engine, engine.error().detail);
        return std::move(*engine);
    }

    /// The error of opening; fails the test when it works.
    Error refusal() const
    {
        auto const engine = lmdb::open_engine(directory, options);
        BOOST_REQUIRE(engine.has_error());
        BOOST_TEST_INFO(engine.error().detail);
        BOOST_TEST(engine.error().detail.find(directory.native()) == 0U);
        return engine.error();
    }
};

/// "unavailable: <detail>" and so on, to carry an outcome through a pipe.
inline std::string describe(Error const& error)
{
    switch (error.code)
    {
    case ErrorCode::unavailable:
        return "unavailable: " + error.detail;
    case ErrorCode::busy:
        return "busy: " + error.detail;
    case ErrorCode::corrupt:
        return "corrupt: " + error.detail;
    default:
        return "other: " + error.detail;
    }
}

template <class T>
std::string describe(result<T> const& outcome)
{
    return outcome ? "ok" : describe(outcome.error());
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Runs `body` in a forked child and returns the text that it returned. Boost.Test's macros are not for children.
template <class Body>
std::string in_child(Body body)
{
    std::array<int, 2> pipe_ends{};
    BOOST_REQUIRE(::pipe(pipe_ends.data()) == 0);
    std::fflush(nullptr); // or the child may print it once more
    auto const child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
    {
        std::string const text = body();
        auto const written = ::write(pipe_ends[1], text.data(), text.size());
        ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
    }
    ::close(pipe_ends[1]);
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(pipe_ends[0], buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    return text;
}

/// A key that sorts as its number.
inline std::string numbered(std::string_view prefix, unsigned number)
{
    auto digits = std::to_string(number);
    return std::string{prefix}.append(8 - digits.size(), '0').append(digits);
}

} // namespace scimkit::test
