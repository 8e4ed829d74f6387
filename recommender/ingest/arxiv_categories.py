"""Categories of arXiv, and words by which a paper's title or venue gives its category away.

Names are those of arxiv.org/category_taxonomy; `category_named` knows them as Zotero writes them
into keywords ("Computer Science - Machine Learning"). The words of a category are a guess for
people who see it and can change it, not a classifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AREAS = {
    "computer science": (
        "cs.",
        "AI artificial intelligence, AR hardware architecture, CC computational complexity, "
        "CG computational geometry, CL computation and language, CR cryptography and security, "
        "CV computer vision and pattern recognition, CY computers and society, DB databases, "
        "DC distributed parallel and cluster computing, DL digital libraries, "
        "DM discrete mathematics, DS data structures and algorithms, "
        "FL formal languages and automata theory, GR graphics, "
        "GT computer science and game theory, "
        "HC human-computer interaction, IR information retrieval, IT information theory, "
        "LG machine learning, LO logic in computer science, MA multiagent systems, MM multimedia, "
        "NE neural and evolutionary computing, NI networking and internet architecture, "
        "OS operating systems, PF performance, PL programming languages, RO robotics, "
        "SC symbolic computation, SD sound, SE software engineering, "
        "SI social and information networks",
    ),
    "statistics": (
        "stat.",
        "AP applications, CO computation, ME methodology, ML machine learning",
    ),
    "mathematics": (
        "math.",
        "AG algebraic geometry, AP analysis of PDEs, AT algebraic topology, CO combinatorics, "
        "CT category theory, DG differential geometry, DS dynamical systems, "
        "FA functional analysis, GR group theory, LO logic, NA numerical analysis, "
        "NT number theory, OC optimization and control, PR probability, RT representation theory, "
        "ST statistics theory",
    ),
    "electrical engineering and systems science": (
        "eess.",
        "AS audio and speech processing, IV image and video processing, SP signal processing, "
        "SY systems and control",
    ),
    "quantitative biology": (
        "q-bio.",
        "BM biomolecules, GN genomics, MN molecular networks, NC neurons and cognition, "
        "PE populations and evolution, QM quantitative methods",
    ),
    "quantitative finance": (
        "q-fin.",
        "CP computational finance, MF mathematical finance, PM portfolio management, "
        "PR pricing of securities, RM risk management, ST statistical finance",
    ),
    "economics": ("econ.", "EM econometrics, GN general economics, TH theoretical economics"),
    "astrophysics": (
        "astro-ph.",
        "CO cosmology and nongalactic astrophysics, EP earth and planetary astrophysics, "
        "GA astrophysics of galaxies, HE high energy astrophysical phenomena, "
        "IM instrumentation and methods for astrophysics, SR solar and stellar astrophysics",
    ),
    "condensed matter": (
        "cond-mat.",
        "dis-nn disordered systems and neural networks, mes-hall mesoscale and nanoscale physics, "
        "mtrl-sci materials science, soft soft condensed matter, stat-mech statistical mechanics, "
        "str-el strongly correlated electrons, supr-con superconductivity",
    ),
    "nonlinear sciences": (
        "nlin.",
        "AO adaptation and self-organizing systems, CD chaotic dynamics",
    ),
    "physics": (
        "physics.",
        "ao-ph atmospheric and oceanic physics, bio-ph biological physics, "
        "chem-ph chemical physics, comp-ph computational physics, flu-dyn fluid dynamics, "
        "geo-ph geophysics, med-ph medical physics, optics optics, soc-ph physics and society",
    ),
    "high energy physics": (
        "hep-",
        "ex experiment, lat lattice, ph phenomenology, th theory",
    ),
    "quantum physics": ("quant-ph", ""),
    "general relativity and quantum cosmology": ("gr-qc", ""),
    "mathematical physics": ("math-ph", ""),
}
"""Area to the beginning of its categories, and the rest of each with its name."""
_NAMED_WITH_AREA = {"high energy physics", "statistics"}
"""Areas whose categories have names that say little alone, such as "theory"."""

_WORDS = {
    "cs.LO": (
        "model check, temporal logic, theorem prov, proof assistant, satisfiability, "
        "sat solv, smt , sat-based, verif, separation logic, isabelle, coq , type theory, "
        "abstraction refinement, automated reasoning, automata, hoare, axiomatic, "
        "decision procedure, tacas, lics , cade "
    ),
    "cs.AI": (
        "artificial intelligence, knowledge representation, constraint satisfaction, "
        "expert system, heuristic search, algorithm selection, agent-based, agent based, "
        "multi-agent, multiagent, ai planning, automated planning, ijcai, aaai "
    ),
    "cs.NE": (
        "evolutionary algorithm, evolutionary comput, genetic algorithm, genetic program, "
        "neuroevolution, particle swarm, echo state, reservoir comput, metaheuristic, "
        "hyper-heuristic, gecco "
    ),
    "cs.PL": (
        "program synth, program anal, program verif, programming language, compiler, "
        "abstract interpretation, static analysis, type system, refinement typ, semantics of, "
        "lambda calcul, popl , pldi, oopsla, icfp, garbage collect"
    ),
    "cs.SE": (
        "software, refactor, code review, bug , debugging, test case, fuzzing, requirements, "
        "icse, developer, github, continuous integration"
    ),
    "cs.CL": (
        "language model, machine translation, parsing, nlp, natural language, sentiment, "
        "corpus, word embedding, dialogue, summariz, summaris, question answer, linguistic, "
        "acl , emnlp, text generation, named entit, bert"
    ),
    "cs.IR": (
        "information retrieval, recommend, retrieval, collaborative filtering, search engine, "
        "web search, ranking, rank for, sigir, recsys, query, matrix factori, click model, "
        "bm25"
    ),
    "cs.CV": (
        "image, vision, visual, object detection, segmentation, video, cvpr, iccv, eccv, "
        "pose, face recogn, point cloud, optical flow, 3d reconstruct, scene"
    ),
    "cs.LG": (
        "neural network, deep learning, machine learning, representation learning, gradient, "
        "generalization, reinforcement learning, classifier, long-tail, imbalance, "
        "noisy label, neurips, icml, iclr, few-shot, transfer learning"
    ),
    "cs.RO": "robot, manipulation, slam, grasp, motion plan, icra, locomotion, legged",
    "cs.HC": (
        "human-computer, human-ai, user interface, usability, user interaction, interface, "
        "chi , accessib, user study, human factor, participatory, visualization, tangible, "
        "thematic"
    ),
    "cs.CR": (
        "crypto, encrypt, security, attack, malware, privacy, zero-knowledge, "
        "signature scheme, side-channel, secure, vulnerab, usenix, ccs , blockchain"
    ),
    "cs.DB": (
        "database, sql, query optim, transaction, sigmod, vldb, index structure, "
        "data management, relational, join "
    ),
    "cs.DC": (
        "distributed, consensus, parallel, cluster, mapreduce, cloud, fault-toler, osdi, "
        "sosp, gpu , scheduling"
    ),
    "cs.NI": "network protocol, tcp , congestion, wireless, sigcomm, routing, 5g , internet",
    "cs.DS": (
        "approximation algorithm, np-hard, shortest path, graph algorithm, data structure, "
        "soda , stoc , focs , streaming algorithm, sublinear"
    ),
    "cs.CY": ("digital divide, ethic, fairness, education, students, society, policy, governance"),
    "cs.SI": (
        "social network, social media, twitter, misinformation, community detection, diffusion of"
    ),
    "eess.AS": "speech, audio, speaker, acoustic, interspeech, music",
    "eess.SY": "control system, model predictive, power grid, lyapunov, controller",
    "stat.ME": (
        "causal inference, regression, clinical trial, missing data, bayesian, "
        "survival analysis, biometrika, confidence interval, randomi, propensity"
    ),
    "math.OC": ("convex optim, optimization, stochastic program, linear program, integer program"),
    "math.NT": "number theory, modular form, prime , elliptic curve, zeta",
    "math.AG": "algebraic geometry, moduli, scheme, sheaves, variet",
    "math.PR": "probability, brownian, martingale, random walk, markov chain, percolation",
    "math.AP": (
        "partial differential, navier-stokes, elliptic, parabolic, schrödinger equation, well-posed"
    ),
    "math.NA": "finite element, numerical, discretiz, preconditi, multigrid, krylov",
    "quant-ph": (
        "quantum, qubit, entangle, bell , nisq, teleportation, surface code, variational eigen"
    ),
    "cond-mat.mes-hall": "topological insul, graphene, semiconductor, quantum dot, nanowire",
    "cond-mat.soft": "polymer, colloid, liquid crystal, active matter",
    "cond-mat.str-el": "hubbard, spin liquid, superconductiv, antiferromagn, kondo",
    "hep-th": "string theory, supersym, holograph, gauge theor, conformal, ads/cft",
    "hep-ph": "standard model, higgs, neutrino, dark matter, collider, lhc, qcd",
    "astro-ph.GA": (
        "galax, stellar population, milky way, star formation, initial mass function, sloan, "
        "interstellar, bulge, reddening, gaia"
    ),
    "astro-ph.CO": (
        "cosmolog, planck 20, supernova, microwave background, dark energy, redshift, inflation of"
    ),
    "astro-ph.HE": (
        "gravitational wave, black hole, neutron star, gamma-ray, pulsar, cosmic ray, accretion"
    ),
    "astro-ph.EP": "exoplanet, planet, companion to a, asteroid, protoplanet, transit",
    "q-bio.GN": (
        "genom, rna-seq, sequencing, transcriptom, gene , genes, gene set, dna, crispr, "
        "read alignment, single-cell, sequence alignment, samtools, variant, local alignment, "
        "differential expression"
    ),
    "q-bio.BM": "protein, molecular dynamics, ligand, enzyme, drug design, docking",
    "q-bio.NC": (
        "neuron, cortex, cortical, brain, fmri, hippocamp, synap, eeg, spiking, neuroscience"
    ),
    "q-bio.PE": (
        "phylogen, evolution, epidemi, ecolog, species, biodivers, population dynamic, pollinat"
    ),
    "econ.GN": (
        "econom, wage, employment, labor market, labour market, growth, trade , inequality, "
        "monetary, fluctuation, market, inflation, tax , development, firm , institution"
    ),
    "econ.EM": (
        "econometric, instrumental variable, difference-in-differences, panel data, "
        "treatment effect"
    ),
    "q-fin.PR": "option pric, pricing of options, derivativ, volatil",
    "q-fin.PM": "portfolio, stock, asset alloc, asset pric",
    "physics.ao-ph": "climate, atmospher, ocean, precipitation, aerosol, weather, monsoon",
    "physics.chem-ph": (
        "density functional, quantum chemistry, catal, electrochem, spectroscop, molecul, "
        "coupled cluster"
    ),
    "physics.flu-dyn": "turbulen, fluid, vortex, boundary layer, reynolds",
}
"""Category to words that give it away: each stands for all words that begin with it, one with a
space behind it for itself. Of two that fit equally well, the first is guessed."""


def _pattern(words: str) -> re.Pattern[str]:
    beginnings = (x.lstrip() for x in words.split(","))
    parts = "|".join(re.escape(x.rstrip()) + (r"\b" if x.endswith(" ") else "") for x in beginnings)
    return re.compile(rf"\b(?:{parts})")


@dataclass(frozen=True, slots=True)
class ArxivCategory:
    """A category: what people call it, and how Zotero writes it as a keyword, in lower case."""

    label: str
    keyword: str


def _category(area: str, name: str) -> ArxivCategory:
    label = f"{area} {name}" if area in _NAMED_WITH_AREA else name or area
    keyword = f"{area} - {name}".lower() if name else area
    return ArxivCategory(label[:1].upper() + label[1:], keyword)


CATEGORIES = {
    prefix + rest: _category(area, name)
    for area, (prefix, named) in _AREAS.items()
    for rest, _, name in (x.strip().partition(" ") for x in named.split(","))
}
"""The categories by their codes, such as ``cs.LG``."""
PATTERNS = {code: _pattern(words) for code, words in _WORDS.items()}
"""Category to what matches texts (in lower case) that may belong to it."""
_BY_KEYWORD = {x.keyword: code for code, x in CATEGORIES.items()}


def category_named(keyword: str) -> str | None:
    """Return the category that a keyword names in words, such as "Statistics - Methodology"."""
    return _BY_KEYWORD.get(" ".join(keyword[:120].lower().replace(",", " ").split()))
