// Throw-away certificates, made by OpenSSL for one test run.
#pragma once

#include <filesystem>
#include <string>

namespace scimkit::test
{

/// A directory that goes with the object, with PEM files in it.
class Certificates
{
public:
    Certificates();
    ~Certificates();
    Certificates(Certificates const&) = delete;
    Certificates& operator=(Certificates const&) = delete;

    /// Makes `<name>.crt` and `<name>.key`, with the subject CN=<name>, signed by itself; valid from an hour ago for
    /// thirty days, or as said, in seconds from now.
    void make(std::string const& name, long valid_from = -3600, long valid_until = 30L * 24 * 3600) const;

    std::string certificate(std::string const& name) const { return (directory_ / (name + ".crt")).string(); }
    std::string key(std::string const& name) const { return (directory_ / (name + ".key")).string(); }
    std::string file(std::string const& name, std::string const& content) const;

private:
    std::filesystem::path directory_;
};

} // namespace scimkit::test
