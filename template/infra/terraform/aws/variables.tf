variable "region" {
  description = "Where everything lives; the first of the regions in product.toml when empty."
  type        = string
  default     = ""
}

variable "environment" {
  description = "staging or production: one state each."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "Choose staging or production."
  }
}

variable "ci_issuer" {
  description = "Who signs the pipeline's tokens: https://token.actions.githubusercontent.com or https://gitlab.com."
  type        = string
}

variable "ci_subject" {
  description = "The one pipeline that may deploy: repo:acme/desk:environment:production, or project_path:acme/desk:ref_type:branch:ref:main."
  type        = string

  validation {
    condition     = !strcontains(var.ci_subject, "*")
    error_message = "Name one pipeline; a wildcard would let others in."
  }
}

variable "cluster_name" {
  description = "The EKS cluster that runs the services."
  type        = string
}

variable "namespace" {
  description = "The cluster's namespace for this product."
  type        = string
  default     = "app"
}

variable "vpc_id" {
  description = "The network of the cluster."
  type        = string
}

variable "database_subnet_ids" {
  description = "At least two private subnets, in different zones."
  type        = list(string)
}

variable "cluster_security_group_id" {
  description = "The security group of the cluster's nodes: only they reach the database."
  type        = string
}

variable "database_instance_class" {
  description = "The size of the database."
  type        = string
  default     = "db.t4g.small"
}

variable "monthly_budget_usd" {
  description = "At 80 % of this amount, spent or forecast, an e-mail goes out."
  type        = number
  default     = 300
}
