// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/DpmSolver.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "Core/Error.h"

using namespace tableread::engine;

TEST_CASE ("The solver visits the reference's timesteps and sigmas", "[engine][sampler]")
{
    CHECK (DpmSolver::make (5).timesteps() == std::vector<std::int64_t> { 999, 799, 599, 400, 200 });
    CHECK (DpmSolver::make (10).timesteps() ==
           std::vector<std::int64_t> { 999, 899, 799, 699, 599, 500, 400, 300, 200, 100 });
    const auto twenty = DpmSolver::make (20);
    CHECK (twenty.timesteps() ==
           std::vector<std::int64_t> { 999, 949, 899, 849, 799, 749, 699, 649, 599, 549,
                                       500, 450, 400, 350, 300, 250, 200, 150, 100, 50 });
    // vibevoice.md 4.5, made with diffusers
    const float wanted[] { 20291.3027f,  12.807271f,   6.36459208f,  4.19953775f,  3.10372972f,
                           2.43543577f,  1.98069751f,  1.64777386f,  1.39075148f,  1.18408084f,
                           1.01555085f,  0.868583202f, 0.740281224f, 0.625997365f, 0.522359908f,
                           0.426836729f, 0.337460667f, 0.252645582f, 0.171043754f, 0.0913475975f,
                           0.0f };
    REQUIRE (twenty.sigmas.size() == 21);
    CHECK (twenty.sigmas[0] ==
           Approx (wanted[0]).epsilon (1e-3)); // 1 − a product that ends near 2e-9: few digits
    for (std::size_t i = 1; i < 21; ++i)
        CHECK (twenty.sigmas[i] == Approx (wanted[i]).epsilon (1e-6));
}

TEST_CASE ("One step, and the last of many, give the predicted sample itself", "[engine][sampler]")
{
    const auto last = DpmSolver::make (GENERATE (1, 2, 10)).steps.back().coefficients;
    CHECK (last.keep == 0.0f);
    CHECK (last.first == 1.0f);
    CHECK (last.second == 0.0f);
}

TEST_CASE ("The solver finds the end of a path whose velocity is known", "[engine][sampler]")
{
    // x(σ) = α x0 + σ' n along the schedule: with the true v = α n − σ' x0 every step must stay on it.
    const double x0 = 0.7, noise = -1.3;
    const auto solver = DpmSolver::make (GENERATE (1, 3, 10, 50, 999));
    double x = solver.steps[0].coefficients.alpha * x0 + solver.steps[0].coefficients.sigma * noise,
           before = 0;
    for (std::size_t i = 0; i < solver.steps.size(); ++i)
    {
        const auto& s = solver.steps[i].coefficients;
        CHECK (x == Approx (s.alpha * x0 + s.sigma * noise).margin (2e-4));
        const double predicted = s.alpha * x - s.sigma * (s.alpha * noise - s.sigma * x0);
        x = s.keep * x + s.first * predicted + s.second * (predicted - before);
        before = predicted;
    }
    CHECK (x == Approx (x0).margin (2e-4));
}

TEST_CASE ("The solver is of second order where the predicted sample moves", "[engine][sampler]")
{
    // Data N(0, s²): the best prediction is α s² x / (α² s² + σ²), and the exact path is x ∝ √(α² s² + σ²). The solver
    // ends 3.4 % off with 10 steps and 0.14 % with 20; without its second-order term 13 % and 7 %.
    const double spread = 0.6, start = 1.1;
    const auto errorOf = [&] (std::int64_t count) {
        const auto solver = DpmSolver::make (count);
        double x = start, before = 0;
        for (const auto& [timestep, s] : solver.steps)
        {
            const double variance = s.alpha * s.alpha * spread * spread + s.sigma * s.sigma;
            const double predicted = s.alpha * spread * spread * x / variance;
            x = s.keep * x + s.first * predicted + s.second * (predicted - before);
            before = predicted;
        }
        const auto& first = solver.steps[0].coefficients;
        const double exact =
            start * spread /
            std::sqrt (first.alpha * first.alpha * spread * spread + first.sigma * first.sigma);
        return std::abs (x / exact - 1);
    };
    CHECK (errorOf (10) < 0.036);
    CHECK (errorOf (20) < 0.002);
}

TEST_CASE ("An impossible number of steps is refused in words", "[engine][sampler]")
{
    CHECK_THROWS_WITH (DpmSolver::make (GENERATE (0, -3, 1000)),
                       Catch::Contains ("use a number from 1 to 999"));
}
