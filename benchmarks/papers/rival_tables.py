#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What others make of the tables that tables.py wrote, beside Tacit's outputs. Prints JSON.

    rival_tables.py labels FOLDER LABEL            AUROC of LightGBM, logistic regression and a plain
                                                   MLP at 1 %, 5 %, 10 % and all labels, 5 seeds
    rival_tables.py features FOLDER LABEL PARQUET  LightGBM with all labels on the raw columns and on
                                                   them beside what `tacit embed` wrote
    rival_tables.py folds FILE LABEL [DROP ...]    the same three in 5 folds, 5 seeds
    rival_tables.py anomaly FOLDER [SCORES.csv]    AUROC and average precision on test.csv of an
                                                   isolation forest and an autoencoder fitted on
                                                   train.csv, and of what `tacit score` wrote
    rival_tables.py holes FILE OUT SEED            hides 10 % of the cells of a table
    rival_tables.py impute FILE HOLES [FILLED]     how well the hidden cells of HOLES are filled by
                                                   mean and mode, by 10 nearest rows, and by what
                                                   `tacit impute` wrote

Needs numpy, pandas, scikit-learn and lightgbm.
"""
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
FRACTIONS = {"1%": 0.01, "5%": 0.05, "10%": 0.1, "all": 1.0}


def read(file):
    return pd.read_csv(file, na_values="?", skipinitialspace=True)


def as_categories(*tables):
    """Text columns as categories, the same in each table."""
    for name in tables[0].columns:
        if not pd.api.types.is_numeric_dtype(tables[0][name]):
            kinds = pd.CategoricalDtype(pd.concat([table[name] for table in tables]).dropna().unique())
            for table in tables:
                table[name] = table[name].astype(kinds)
    return tables


def names_of(x):
    texts = [c for c in x.columns if isinstance(x[c].dtype, pd.CategoricalDtype)]
    return texts, [c for c in x.columns if c not in texts]


def encoded(x):
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer
    texts, numbers = names_of(x)
    return make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), texts),
        (make_pipeline(SimpleImputer(strategy="median"), QuantileTransformer(
            n_quantiles=min(200, len(x)), output_distribution="normal")), numbers))


def rivals(x, rows, seed):
    import lightgbm
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    return {
        "LightGBM": lightgbm.LGBMClassifier(
            n_estimators=300 if rows > 5000 else 100, learning_rate=0.05,
            min_child_samples=20 if rows > 2000 else 5, random_state=seed, verbose=-1),
        "logistic regression": make_pipeline(encoded(x), LogisticRegression(C=0.3, max_iter=500)),
        "MLP": make_pipeline(encoded(x), MLPClassifier(
            (256, 256), alpha=1e-3, early_stopping=rows > 1000, max_iter=60, random_state=seed)),
    }


def probability(model, x, y, x_test):
    return model.fit(x, y).predict_proba(x_test)[:, 1]


def spread(values):
    return {"mean": float(np.mean(values)), "std": float(np.std(values, ddof=1)) if len(values) > 1 else 0.0}


def made_with():
    import lightgbm
    import sklearn
    return f"scikit-learn {sklearn.__version__}, LightGBM {lightgbm.__version__}"


def split_label(table, label, classes):
    y = table[label].astype(str)
    return table.drop(columns=label), (y == classes[-1]).astype(int).values


def labels(folder, label):
    from sklearn.metrics import accuracy_score, roc_auc_score
    train, test = read(Path(folder) / "train.csv"), read(Path(folder) / "test.csv")
    classes = sorted(train[label].astype(str).unique())
    (x, y), (x_test, y_test) = split_label(train, label, classes), split_label(test, label, classes)
    x, x_test = as_categories(x, x_test)
    found = {}
    for name, share in FRACTIONS.items():
        for seed in range(5 if share < 1 else 1):
            rows = np.random.default_rng(seed).choice(len(y), int(share * len(y)), replace=False)
            for rival, model in rivals(x.iloc[rows], len(rows), seed).items():
                p = probability(model, x.iloc[rows], y[rows], x_test)
                for metric, score in (("auroc", roc_auc_score(y_test, p)),
                                      ("accuracy", accuracy_score(y_test, p > 0.5))):
                    found.setdefault(rival, {}).setdefault(metric, {}).setdefault(name, []).append(score)
    return {"made_with": made_with(),
            **{rival: {metric: {n: spread(scores) for n, scores in by.items()} for metric, by in of.items()}
               for rival, of in found.items()}}


def features(folder, label, parquet):
    import lightgbm
    from sklearn.metrics import roc_auc_score
    train, test = read(Path(folder) / "train.csv"), read(Path(folder) / "test.csv")
    classes = sorted(train[label].astype(str).unique())
    (x, y), (x_test, y_test) = split_label(train, label, classes), split_label(test, label, classes)
    x, x_test = as_categories(x, x_test)
    told = pd.read_parquet(parquet)
    names = [c for c in told.columns if c.startswith("f") and c[1:].isdigit()]
    f, f_test = (told[told["file"] == part][names].reset_index(drop=True) for part in ("train", "test"))
    assert len(f) == len(x) and len(f_test) == len(x_test)
    result = {}
    for name, (a, b) in {"raw": (x, x_test), "raw and features": (
            pd.concat([x, f], axis=1), pd.concat([x_test, f_test], axis=1))}.items():
        scores = []
        for seed in range(5):
            model = lightgbm.LGBMClassifier(n_estimators=300, learning_rate=0.05, random_state=seed,
                                            colsample_bytree=0.5, subsample=0.8, subsample_freq=1,
                                            verbose=-1)
            scores.append(roc_auc_score(y_test, probability(model, a, y, b)))
        result[name] = spread(scores)
    return result


def folds(file, label, *drop):
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    table = read(file).drop(columns=list(drop))
    table = table[table[label].notna()]
    classes = sorted(table[label].astype(str).unique())
    x, y = split_label(table, label, classes)
    (x,) = as_categories(x)
    found = {}
    for seed in range(5):
        for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y):
            for rival, model in rivals(x.iloc[train], len(train), seed).items():
                p = probability(model, x.iloc[train], y[train], x.iloc[test])
                found.setdefault(rival, []).append(roc_auc_score(y[test], p))
    return {"made_with": made_with(), **{rival: {"auroc": {"all": spread(scores)}} for rival, scores in found.items()}}


def anomaly(folder, scores=None):
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import average_precision_score, roc_auc_score
    from sklearn.neural_network import MLPRegressor
    from sklearn.preprocessing import StandardScaler
    train, test = read(Path(folder) / "train.csv"), read(Path(folder) / "test.csv")
    y = test["anomaly"].values
    x, x_test = as_categories(train.drop(columns="anomaly"), test.drop(columns="anomaly"))
    x, x_test = (pd.get_dummies(t, dtype=float).fillna(0) for t in (x, x_test))
    scaler = StandardScaler().fit(x)
    x, x_test = scaler.transform(x), scaler.transform(x_test)
    found = {}
    for seed in range(5):
        forest = IsolationForest(random_state=seed).fit(x)
        network = MLPRegressor(hidden_layer_sizes=(64, max(2, x.shape[1] // 4), 64), early_stopping=True, max_iter=100,
                               random_state=seed).fit(x, x)
        for name, score in (("isolation forest", -forest.score_samples(x_test)),
                            ("autoencoder", ((network.predict(x_test) - x_test) ** 2).mean(axis=1))):
            found.setdefault(name, []).append(score)
    if scores:
        found["tacit"] = [pd.read_csv(scores)["score"].values]
    return {name: {"auroc": spread([roc_auc_score(y, s) for s in all_scores]),
                   "average_precision": spread([average_precision_score(y, s) for s in all_scores])}
            for name, all_scores in found.items()}


def holes(file, out, seed):
    table = read(file)
    hide = np.random.default_rng(int(seed)).random(table.shape) < 0.1
    table.mask(hide).to_csv(out, index=False)
    return {"hidden": int(hide.sum())}


def impute(file, holes_file, filled=None):
    from sklearn.impute import KNNImputer, SimpleImputer
    from sklearn.preprocessing import StandardScaler
    truth, holed = as_categories(read(file), read(holes_file))
    texts, numbers = names_of(truth)
    hidden = holed.isna() & truth.notna()

    def errors(told):
        squares, wrong, count, cells = 0.0, 0, 0, 0
        for name in numbers:
            where = hidden[name]
            scale = truth[name].std() or 1
            squares += ((told[name][where].astype(float) - truth[name][where]) / scale).pow(2).sum()
            count += where.sum()
        for name in texts:
            where = hidden[name]
            wrong += (told[name][where].astype(str) != truth[name][where].astype(str)).sum()
            cells += where.sum()
        return {"numbers_rmse": float(np.sqrt(squares / max(1, count))),
                "categories_wrong": float(wrong / max(1, cells))}

    simple = holed.copy()
    for name in texts:
        simple[name] = holed[name].astype(object).fillna(holed[name].mode()[0])
    simple[numbers] = SimpleImputer().fit_transform(holed[numbers])
    found = {"mean and mode": errors(simple)}

    # Nearest rows over scaled numbers and one-hot categories; a category's votes are its means.
    parts = [holed[numbers]]
    for name in texts:
        dummies = pd.get_dummies(holed[name], prefix=name, dtype=float)
        dummies[holed[name].isna()] = np.nan
        parts.append(dummies)
    wide = pd.concat(parts, axis=1)
    scaler = StandardScaler().fit(wide)
    rows = np.flatnonzero(hidden.any(axis=1))[:5000]  # distances to all rows are slow
    known = KNNImputer(n_neighbors=10).fit(scaler.transform(wide)[:10000])
    near = pd.DataFrame(scaler.inverse_transform(known.transform(scaler.transform(wide)[rows])),
                        columns=wide.columns, index=rows)
    told = simple.copy()
    told.loc[rows, numbers] = near[numbers]
    for name in texts:
        kinds = [c for c in near.columns if c.startswith(name + "_")]
        told.loc[rows, name] = near[kinds].idxmax(axis=1).str[len(name) + 1:]
    mask = hidden.copy()
    hidden = mask & mask.index.to_series().isin(rows).values[:, None]
    found["10 nearest rows"] = errors(told)
    found["mean and mode"] = errors(simple)
    if filled:
        found["tacit"] = errors(pd.read_csv(filled))
    return found


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:]), indent=1))
