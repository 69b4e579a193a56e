// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tableread::test
{
/** The answer of /metrics, read strictly: what Prometheus would refuse throws. */
class Scrape
{
public:
    using Labels = std::map<std::string, std::string>;

    struct Sample
    {
        std::string name;
        Labels labels;
        double value = 0;
    };

    explicit Scrape (std::string_view text);

    /** Those of this name that have these labels, and maybe more. The name is without its prefix. */
    std::vector<Sample> all (const std::string& name, const Labels& labels = {}) const;

    /** Of the only one. */
    double value (const std::string& name, const Labels& labels = {}) const;

    /** The names of all metrics, without their prefix, and their types. */
    const std::map<std::string, std::string>& types() const { return families; }

private:
    void readComment (std::string_view line);
    void readSample (std::string_view line);
    void checkHistograms() const;

    std::map<std::string, std::string> families;
    std::vector<Sample> samples;
    std::string described, current; // the metric that was described, and the one whose samples come
};
} // namespace tableread::test
